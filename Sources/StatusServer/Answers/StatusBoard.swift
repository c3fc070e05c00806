import Glibc
import Synchronization

/// What the agent's loop shows to the server: the last snapshot, and whether the loop still makes progress.
package final class StatusBoard: Sendable {
  private let snapshot = Mutex<PublishedSnapshot?>(nil)
  /// Readable where what was published since it was last drained is worth waking for: the first snapshot, and a change
  /// to or from Ready. The others wait for the next request.
  let news: WakeDescriptor
  /// Moves on with each snapshot.
  private let published = Atomic<UInt64>(0)
  private let epoch = ContinuousClock.now
  /// When the work under way began, in nanoseconds since `epoch`; `Int64.min`: the loop rests.
  private let workBegan = Atomic<Int64>(.min)

  /// Throws where the process may open no more files.
  package init() throws(SocketFailure) { news = try WakeDescriptor() }

  /// Replaces the snapshot, and wakes the server where somebody may be waiting for it.
  package func publish(_ next: PublishedSnapshot) {
    let last = snapshot.withLock { current in
      defer { current = next }
      return current?.ready
    }
    published.add(1, ordering: .releasing)
    if last != next.ready { news.signal() }
  }

  /// Which snapshot `current` is, or one before it.
  var edition: UInt64 { published.load(ordering: .acquiring) }

  /// Blocks until something was published, or for `limit`. A server that begins with this answers nobody before the
  /// agent has something to say, unless its first pass is slow: until then, connections wait in the listener's queue.
  package func awaitNews(upTo limit: Duration) {
    let milliseconds = limit.components.seconds * 1000 + limit.components.attoseconds / 1_000_000_000_000_000
    var descriptor = pollfd(fd: news.descriptor, events: Int16(POLLIN), revents: 0)
    poll(&descriptor, 1, Int32(clamping: milliseconds))
  }

  /// nil: nothing was published yet.
  package var current: PublishedSnapshot? { snapshot.withLock { $0 } }

  /// The loop has something to do from now on. A call for each step of a long piece of work is a sign of progress.
  package func beginWork(at now: ContinuousClock.Instant = .now) {
    workBegan.store(Self.nanoseconds(now - epoch), ordering: .relaxed)
  }

  /// The loop has nothing to do and waits for events.
  package func endWork() { workBegan.store(.min, ordering: .relaxed) }

  /// How long the loop has been at one piece of work; zero while it rests.
  package func busy(at now: ContinuousClock.Instant = .now) -> Duration {
    let began = workBegan.load(ordering: .relaxed)
    return began == .min ? .zero : max(.zero, now - epoch - .nanoseconds(began))
  }

  private static func nanoseconds(_ duration: Duration) -> Int64 {
    duration.components.seconds * 1_000_000_000 + duration.components.attoseconds / 1_000_000_000
  }
}
