import Testing

@testable import Reconcile

@Suite struct ScheduleTests {
  @Test func `failures are retried with a back-off that ends with success`() {
    var schedule = Schedule(resync: .seconds(600), probeInterval: .seconds(300))
    func pass(_ now: Int, failed: Bool) -> Duration? {
      schedule.passed(
        at: .seconds(now), leaving: .init(failed: failed))
      return schedule.deadline
    }
    #expect(pass(0, failed: true) == .seconds(1))
    #expect(pass(1, failed: true) == .seconds(3))
    #expect(pass(3, failed: true) == .seconds(7))
    #expect(pass(7, failed: false) == .seconds(607))
    #expect(pass(8, failed: true) == .seconds(9))
  }

  @Test func `the earliest due time decides`() {
    var schedule = Schedule(resync: .seconds(60), probeInterval: .seconds(300))
    schedule.probed(at: .zero)
    schedule.passed(
      at: .zero, leaving: .init(failed: false, heldUntil: .seconds(4), contendedUntil: .seconds(90), probes: true))
    #expect(schedule.deadline == .seconds(4))
    #expect(!schedule.passIsDue(at: .seconds(3)))
    #expect(schedule.passIsDue(at: .seconds(4)))
    #expect(!schedule.probeIsDue(at: .seconds(299)))
    #expect(schedule.probeIsDue(at: .seconds(300)))
  }
}
