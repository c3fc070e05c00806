import Linux
import Synchronization

/// The state that the agent's loop shares with the server: the last snapshot, and whether the loop makes progress.
package final class StatusBoard: Sendable {
  private let snapshot = Mutex<PublishedSnapshot?>(nil)
  /// Becomes readable when a snapshot is worth waking the server for: the first one, and one that is Ready when the last
  /// was not, or the reverse. The server takes the others at its next request.
  let news: EventDescriptor
  /// The number of snapshots published so far.
  private let published = Atomic<UInt64>(0)
  private let epoch = ContinuousClock.now
  /// When the current work began, in nanoseconds since `epoch`; `Int64.min` while the loop is idle.
  private let workBegan = Atomic<Int64>(.min)

  /// Throws if the process may open no more files.
  package init() throws(SocketFailure) { news = try EventDescriptor.make() }

  /// Replaces the snapshot, and wakes the server if a client may be waiting for it.
  package func publish(_ next: PublishedSnapshot) {
    let last = snapshot.withLock { current in
      defer { current = next }
      return current?.ready
    }
    published.add(1, ordering: .releasing)
    if last != next.ready { news.signal() }
  }

  /// The number of the snapshot in `current`, or of an earlier one.
  var edition: UInt64 { published.load(ordering: .acquiring) }

  /// Blocks until a snapshot is published, at most for `limit`. A server that starts with this gives no answer before the
  /// first pass is complete, unless that pass is slow: until then, connections wait in the listener's queue.
  package func awaitNews(upTo limit: Duration) {
    news.awaitSignal(atMost: limit)
  }

  /// The last snapshot. Returns nil if none has been published.
  package var current: PublishedSnapshot? { snapshot.withLock { $0 } }

  /// Marks the loop busy from now on. Call it for each step of long work. Each call counts as progress.
  package func beginWork(at now: ContinuousClock.Instant = .now) {
    workBegan.store((now - epoch).nanoseconds, ordering: .relaxed)
  }

  /// Marks the loop idle: it waits for events.
  package func endWork() { workBegan.store(.min, ordering: .relaxed) }

  /// Returns how long the loop has been busy without progress; zero while it is idle.
  package func busy(at now: ContinuousClock.Instant = .now) -> Duration {
    let began = workBegan.load(ordering: .relaxed)
    return began == .min ? .zero : max(.zero, now - epoch - .nanoseconds(began))
  }
}
