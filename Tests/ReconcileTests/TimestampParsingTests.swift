import Testing

@testable import Reconcile

@Suite struct TimestampParsingTests {
  @Test(arguments: [0, 951_782_400_000, 1_709_164_799_999, 1_795_600_000_123, 4_102_444_800_000] as [Int64])
  func `a time is read as it is written`(milliseconds: Int64) {
    let time = Timestamp(milliseconds: milliseconds)
    #expect(Timestamp(parsing: time.description) == time)
  }

  @Test(arguments: ["", "2026-11-22", "2026-11-22T10:00:00Z", "2026-11-22T10:00:00.000+01:00", "never"])
  func `another text is no time`(text: String) { #expect(Timestamp(parsing: text) == nil) }
}
