import Testing

@testable import MachineIntent

@Suite struct GzipTests {
  @Test func membersFollowEachOther() throws {
    let one = try Gzip.inflate(GzipFixture.sctp, limit: 100)
    #expect(one == Array("sctp\n".utf8))
    #expect(try Gzip.inflate(GzipFixture.sctp + GzipFixture.sctp, limit: 100) == one + one)
  }

  @Test func whatIsBrokenIsRefused() {
    let whole = GzipFixture.sctp
    #expect(throws: Gzip.Failure.truncated) { try Gzip.inflate(Array(whole.dropLast(3)), limit: 100) }
    #expect(throws: Gzip.Failure.corrupt) { try Gzip.inflate([1, 2, 3], limit: 100) }
    #expect(throws: Gzip.Failure.corrupt) { try Gzip.inflate(whole + [1, 2, 3], limit: 100) }
    #expect(throws: Gzip.Failure.tooLong(limit: 4)) { try Gzip.inflate(whole, limit: 4) }
    #expect(throws: Gzip.Failure.truncated) { try Gzip.inflate([], limit: 4) }
  }
}
