import CLinux
import Glibc
import Linux

/// The serving thread's loop: waits for events, accepts connections and drives their exchanges.
///
/// The poller reports edges of the connections. For each event, the loop calls `recv` once, answers the requests that
/// it returned, and calls `send` once. Everything else that a client has sent stays in the kernel until the other
/// clients have had their turn. Single requests are answered after all requests of a round are read, because each
/// answer wakes a client, and the other clients should have their answers before that client's next request.
final class EventLoop {
  private static let newsToken = UInt64.max
  private static let stopToken = UInt64.max - 1
  private static let firstListenerToken = UInt64.max - 4096
  private static let acceptsPerEvent = 64
  /// While the process has no free descriptor, a connection that has been idle for this long, in nanoseconds, is closed
  /// for a new one.
  private static let longIdle: Int64 = 10_000_000_000
  /// The numbers of events in one round, and so of busy clients, for which a pause is useful.
  private static let crowd = 8...24
  /// The pause in nanoseconds for each other connection, and its maximum.
  private static let gathering = (each: 1_000, limit: 60_000)
  /// The pause, in nanoseconds, between attempts to accept while the process has no free descriptor.
  private static let acceptPause: Int64 = 500_000_000

  private let poller: Poller
  private let listeners: [Listener]
  private let news: EventDescriptor
  private let stop: EventDescriptor
  private let descriptorLimit: Int
  private let exchanges: Exchanges
  private let events = UnsafeMutableBufferPointer<epoll_event>.allocate(capacity: 256)
  @exclusivity(unchecked) private var isStopping = false
  /// When to accept again; nil while the loop accepts.
  @exclusivity(unchecked) private var acceptsAgainAt: Int64?

  /// - Parameters:
  ///   - listeners: the sockets that accept connections.
  ///   - board: where the agent publishes its status.
  ///   - limits: how much a client may use.
  ///   - poller: waits for the descriptors.
  ///   - stop: signalled to end the loop.
  ///   - descriptorLimit: the number of connections for which the limit of open files leaves room.
  init(
    poller: Poller, listeners: [Listener], board: StatusBoard, stop: EventDescriptor, limits: ServerLimits,
    descriptorLimit: Int
  ) {
    self.poller = poller
    self.listeners = listeners
    self.stop = stop
    self.descriptorLimit = descriptorLimit
    news = board.news
    exchanges = Exchanges(poller: poller, board: board, limits: limits)
    events.initialize(repeating: epoll_event())
  }

  deinit { events.deallocate() }

  /// Registers everything that the loop serves with the poller, under the tokens that `run` expects.
  static func watch(
    _ poller: Poller, _ listeners: [Listener], _ board: StatusBoard, _ stop: EventDescriptor
  ) throws(SocketFailure) {
    try poller.watchLevel(board.news.descriptor, token: newsToken)
    try poller.watchLevel(stop.descriptor, token: stopToken)
    for (index, listener) in listeners.enumerated() {
      try poller.watchLevel(listener.descriptor, token: firstListenerToken + UInt64(index))
    }
  }

  /// Serves until `stop` is signalled.
  func run() {
    exchanges.takeNews()
    CLinux_set_timer_slack(1000)
    while !isStopping {
      let count = poller.wait(events, milliseconds: timeout())
      exchanges.readClock()
      exchanges.takeNews()
      for index in 0..<count {
        let mask = CLinux_event_mask(events.baseAddress, Int32(index))
        take(CLinux_event_data(events.baseAddress, Int32(index)), Poller.Readiness(mask: mask))
      }
      exchanges.answerDue()
      exchanges.takeUnfinished()
      exchanges.expire()
      if let again = acceptsAgainAt, exchanges.hasDropped || exchanges.clock.now >= again { resumeAccepting() }
      if Self.crowd.contains(count) { gather(besides: count) }
    }
  }

  /// Pauses to let more requests arrive. Otherwise the loop and its clients would wake each other for a few requests at
  /// a time, which costs more than the requests. Network cards moderate their interrupts for the same reason. The pause
  /// ends before all other clients can have sent a request, so that they do not wait for the loop.
  private func gather(besides count: Int) {
    let others = exchanges.table.count - count
    guard others > 0 else { return }
    var time = timespec(tv_sec: 0, tv_nsec: min(others * Self.gathering.each, Self.gathering.limit))
    nanosleep(&time, nil)
  }

  /// Returns how long to wait for events, in milliseconds, rounded up, or -1 for no limit.
  private func timeout() -> Int32 {
    guard !exchanges.hasUnfinished else { return 0 }
    let next = min(exchanges.table.nextDeadline, acceptsAgainAt ?? .max)
    guard next < .max else { return -1 }
    return Int32(clamping: max(0, (next - exchanges.clock.now + 999_999) / 1_000_000))
  }

  private func take(_ token: UInt64, _ readiness: Poller.Readiness) {
    guard token >= Self.firstListenerToken else { return exchanges.take(token, readiness) }
    switch token {
    case Self.newsToken: news.drain()
    case Self.stopToken: isStopping = true
    default:
      // A new connection may close another one, which must get its answer first.
      exchanges.answerDue()
      acceptAll(from: listeners[Int(token - Self.firstListenerToken)])
    }
  }

  // MARK: Accepting

  private func acceptAll(from listener: Listener) {
    for _ in 0..<Self.acceptsPerEvent {
      if exchanges.table.count >= descriptorLimit, !exchanges.dropIdle(for: Self.longIdle) { return pauseAccepting() }
      let descriptor = CLinux_accept(listener.descriptor)
      if descriptor >= 0 {
        exchanges.open(descriptor)
        continue
      }
      switch -descriptor {
      case EMFILE, ENFILE, ENOBUFS, ENOMEM:
        guard exchanges.dropIdle(for: Self.longIdle) else { return pauseAccepting() }
      case EINTR, ECONNABORTED, EPERM, EPROTO, ENETDOWN, ENETUNREACH, EHOSTDOWN, EHOSTUNREACH, ENONET, ENOPROTOOPT,
        EOPNOTSUPP:
        // accept(2): these are errors of the connection, not of the listener.
        continue
      default:
        return
      }
    }
  }

  private func pauseAccepting() {
    exchanges.hasDropped = false
    acceptsAgainAt = exchanges.clock.now + Self.acceptPause
    for (index, listener) in listeners.enumerated() {
      poller.pauseLevel(listener.descriptor, token: Self.firstListenerToken + UInt64(index))
    }
  }

  private func resumeAccepting() {
    acceptsAgainAt = nil
    for (index, listener) in listeners.enumerated() {
      poller.resumeLevel(listener.descriptor, token: Self.firstListenerToken + UInt64(index))
    }
  }
}
