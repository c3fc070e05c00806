import CLinux
import Glibc

/// The time of one round of the event loop, read once a round.
struct ServerClock {
  /// Monotonic, in nanoseconds.
  private(set) var now: Int64 = 0
  /// The `Date` header field's value.
  private(set) var date: [UInt8] = []
  private var second = 0

  mutating func read() {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    now = Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    clock_gettime(CLOCK_REALTIME_COARSE, &time)
    if time.tv_sec != second {
      second = time.tv_sec
      date = HTTPDate.bytes(max(0, second))
    }
  }
}
