import Reconcile
import Testing

@Suite struct HoldTests {
  private static let now = Timestamp(milliseconds: 100_000)

  private static func end(of changes: Int64...) -> Int64? {
    Hold(after: changes.map(Timestamp.init(milliseconds:)), at: now, settle: .seconds(5))?.end.milliseconds
  }

  @Test func aChangeHoldsUntilItHasSettled() {
    #expect(Self.end(of: 95_001) == 100_001)
    #expect(Self.end(of: 100_000) == 105_000)
    #expect(Self.end(of: 95_000) == nil)
    #expect(Self.end() == nil)
  }

  @Test func aChangeInTheFutureSaysNothing() {
    #expect(Self.end(of: 100_001) == nil)
    #expect(Self.end(of: 200_000, 99_000) == 104_000)
  }
}
