package import Reconcile

/// The clocks that the loop reads.
package protocol AgentClock: Sendable {
  /// The wall clock.
  var now: Timestamp { get }
  /// The time since a fixed start. It never goes back.
  var monotonic: Duration { get }
  /// The moment of the monotonic clock that a deadline names.
  func instant(_ monotonic: Duration) -> ContinuousClock.Instant
}

extension AgentClock {
  /// Returns the time until the wall clock shows `moment`, or zero if that is in the past.
  func untilReached(_ moment: Timestamp) -> Duration {
    .milliseconds(max(0, moment.milliseconds - now.milliseconds))
  }
}
