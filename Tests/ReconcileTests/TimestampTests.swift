import Reconcile
import Testing

@Suite struct TimestampTests {
  @Test(arguments: [
    (Int64(0), "1970-01-01T00:00:00.000Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
    (1_795_516_799_999, "2026-11-24T10:39:59.999Z"), (-1, "1969-12-31T23:59:59.999Z"),
  ])
  func `a timestamp is written as RFC 3339`(milliseconds: Int64, text: String) {
    #expect(Timestamp(milliseconds: milliseconds).description == text)
  }
}
