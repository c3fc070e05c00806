package import Reconcile

/// The clocks that the loop reads.
package protocol AgentClock: Sendable {
  /// The wall clock.
  var now: Timestamp { get }
  /// Since a fixed start; never goes back.
  var monotonic: Duration { get }
  /// The moment of the monotonic clock that a deadline names.
  func instant(_ monotonic: Duration) -> ContinuousClock.Instant
}

extension AgentClock {
  /// How long it is until the wall clock shows `moment`; zero where that is past.
  func untilReached(_ moment: Timestamp) -> Duration {
    .milliseconds(max(0, moment.milliseconds - now.milliseconds))
  }
}
