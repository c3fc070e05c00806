import Testing

@testable import Linux

@Suite struct DurationTests {
  @Test(arguments: [
    (Duration.zero, Int32(0)), (.milliseconds(1), 1), (.nanoseconds(1), 1), (.microseconds(1001), 2),
    (.seconds(-1), 0), (.nanoseconds(-1), 0), (.seconds(Int64.max / 2), .max),
  ])
  func `a timeout for poll is rounded up and never negative`(duration: Duration, milliseconds: Int32) {
    #expect(duration.pollMilliseconds == milliseconds)
  }

  @Test func `seconds and nanoseconds keep the fraction`() {
    #expect(Duration.milliseconds(1500).inSeconds == 1.5)
    #expect(Duration.milliseconds(1500).nanoseconds == 1_500_000_000)
  }
}
