import Glibc
import NodeAgent
import Reconcile

/// The machine's clocks.
struct NodeClock: AgentClock {
  private let start = ContinuousClock.now

  var now: Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
  }

  var monotonic: Duration { start.duration(to: .now) }

  func instant(_ monotonic: Duration) -> ContinuousClock.Instant { start.advanced(by: monotonic) }
}
