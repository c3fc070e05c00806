import CLinux
import Glibc

/// The serving thread: accepts, reads, answers.
///
/// Sockets are watched for edges; each event is worth one `recv`, as many answers as requests came with it, and one
/// `send`. What a client sends beyond that waits in the kernel until the others have had their turn. Single requests are
/// answered when everything is read that was reported with them: a client that is sent to wakes up, and would find the
/// others still waiting.
final class EventLoop {
  private static let newsToken = UInt64.max
  private static let stopToken = UInt64.max - 1
  private static let firstListenerToken = UInt64.max - 4096
  private static let readCapacity = 16 * 1024
  /// Answers are sent once so many bytes are together.
  static let batch = 64 * 1024
  /// What is read from a client that was told to go, in bytes.
  static let dropLimit = 256 * 1024
  private static let acceptsPerEvent = 64
  /// While the process is short of descriptors, a connection that has been idle for so long makes room for a new one.
  private static let longIdle: Int64 = 10_000_000_000
  /// So many events at once mean that as many clients keep the loop busy; more of them are worth serving at once.
  private static let crowd = 8...24
  /// How long a crowd is let grow before the next look: nanoseconds for each other connection, and at most.
  private static let gathering = (each: 1_000, limit: 60_000)
  /// Between attempts to accept while it has none.
  private static let acceptPause: Int64 = 500_000_000

  let poller: Poller
  private let listeners: [Listener]
  let board: StatusBoard
  private let stop: WakeDescriptor
  let limits: ServerLimits
  private let descriptorLimit: Int

  let fixed = FixedAnswers()
  let metrics = ServerMetrics()
  private let events = UnsafeMutableBufferPointer<epoll_event>.allocate(capacity: 256)
  let readBuffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: readCapacity)
  let idleTime: Int64
  let requestTime: Int64
  @exclusivity(unchecked) var answers = StatusAnswers(.starting, isStarting: true)
  /// That of the snapshot in `answers`.
  @exclusivity(unchecked) private var edition: UInt64 = 0
  @exclusivity(unchecked) var counters = RequestCounters()
  @exclusivity(unchecked) var table = ConnectionTable()
  /// The answers of the connection at hand.
  @exclusivity(unchecked) var output: [UInt8] = []
  @exclusivity(unchecked) var recent = RecentRequest()
  /// Requests that are read, with the tokens of their connections, and answered when the others are read too.
  @exclusivity(unchecked) var due: [(token: UInt64, query: StatusQuery)] = []
  /// Connections that have more to read than their turn allowed.
  @exclusivity(unchecked) var unfinished: [UInt64] = []
  @exclusivity(unchecked) var now: Int64 = 0
  @exclusivity(unchecked) private var second = 0
  @exclusivity(unchecked) var date: [UInt8] = []
  @exclusivity(unchecked) private var isStopping = false
  /// When to accept again; nil: accepting.
  var acceptsAgainAt: Int64?

  /// `descriptorLimit` is how many connections the limit of open files leaves room for.
  init(
    poller: Poller, listeners: [Listener], board: StatusBoard, stop: WakeDescriptor, limits: ServerLimits,
    descriptorLimit: Int
  ) {
    self.poller = poller
    self.listeners = listeners
    self.board = board
    self.stop = stop
    self.limits = limits
    self.descriptorLimit = descriptorLimit
    idleTime = Self.nanoseconds(limits.idleTime)
    requestTime = Self.nanoseconds(limits.requestTime)
    output.reserveCapacity(2 * Self.batch)
    events.initialize(repeating: epoll_event())
    readBuffer.initialize(repeating: 0)
  }

  deinit {
    for phase in [ConnectionTable.Phase.idle, .lingering, .reading, .writing, .waiting] {
      for connection in table.all(phase) { close(connection.descriptor) }
    }
    events.deallocate()
    readBuffer.deallocate()
  }

  /// Has the poller report what the loop serves, with the tokens by which `run` knows it.
  static func watch(
    _ poller: Poller, _ listeners: [Listener], _ board: StatusBoard, _ stop: WakeDescriptor
  ) throws(SocketFailure) {
    try poller.watchLevel(board.news.descriptor, token: newsToken)
    try poller.watchLevel(stop.descriptor, token: stopToken)
    for (index, listener) in listeners.enumerated() {
      try poller.watchLevel(listener.descriptor, token: firstListenerToken + UInt64(index))
    }
  }

  /// Serves until `stop` is signalled.
  func run() {
    takeNews()
    CLinux_set_timer_slack(1000)
    while !isStopping {
      let count = poller.wait(events, milliseconds: timeout())
      readClocks()
      if board.edition != edition { takeNews() }
      for index in 0..<count {
        let mask = CLinux_event_mask(events.baseAddress, Int32(index))
        take(CLinux_event_data(events.baseAddress, Int32(index)), Poller.Readiness(mask: mask))
      }
      answerDue()
      if !unfinished.isEmpty { takeUnfinished() }
      if now >= table.nextDeadline { expire() }
      if let again = acceptsAgainAt, now >= again { resumeAccepting() }
      if Self.crowd.contains(count) { gather(besides: count) }
    }
  }

  /// Lets more requests come before the next look. Woken for a few at a time, the loop and its clients would spend more on
  /// waking each other than on the requests; network cards moderate their interrupts for the same reason. It ends before
  /// the others can all have asked: they must not wait for the loop in turn.
  private func gather(besides count: Int) {
    let others = table.count - count
    guard others > 0 else { return }
    var time = timespec(tv_sec: 0, tv_nsec: min(others * Self.gathering.each, Self.gathering.limit))
    nanosleep(&time, nil)
  }

  // MARK: Time

  private func readClocks() {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    now = Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    clock_gettime(CLOCK_REALTIME_COARSE, &time)
    if time.tv_sec != second {
      second = time.tv_sec
      date = HTTPDate.bytes(max(0, second))
    }
  }

  /// In milliseconds, rounded up; -1: there is nothing to wait for but events.
  private func timeout() -> Int32 {
    guard unfinished.isEmpty else { return 0 }
    let next = min(table.nextDeadline, acceptsAgainAt ?? .max)
    guard next < .max else { return -1 }
    return Int32(clamping: max(0, (next - now + 999_999) / 1_000_000))
  }

  static func nanoseconds(_ duration: Duration) -> Int64 {
    duration.components.seconds * 1_000_000_000 + duration.components.attoseconds / 1_000_000_000
  }

  private func expire() {
    for connection in table.expired(at: now) {
      switch table.phase(of: connection) {
      case .reading: end(connection, .timeout)
      case .waiting: finishWait(connection)
      case .idle, .lingering, .writing: drop(connection)
      case .free: break
      }
    }
  }

  // MARK: Events

  private func take(_ token: UInt64, _ readiness: Poller.Readiness) {
    if token >= Self.firstListenerToken {
      switch token {
      case Self.newsToken: board.news.drain()
      case Self.stopToken: isStopping = true
      default:
        // A new connection may close another, which is to have its answer first.
        answerDue()
        acceptAll(from: listeners[Int(token - Self.firstListenerToken)])
      }
      return
    }
    guard let connection = table.connection(token) else { return }
    if readiness.readable || readiness.ended { connection.isReadable = true }
    if readiness.ended { connection.hasEnded = true }
    if readiness.broken, connection.waitsUntil != nil { return drop(connection) }
    advance(connection, answersLater: true)
  }

  private func takeNews() {
    edition = board.edition
    recent.forget()
    guard let snapshot = board.current else { return }
    answers = StatusAnswers(snapshot, isStarting: false)
    guard snapshot.ready else { return }
    for connection in table.all(.waiting) { finishWait(connection) }
  }

  private func takeUnfinished() {
    let tokens = unfinished
    unfinished.removeAll(keepingCapacity: true)
    for token in tokens {
      if let connection = table.connection(token) { advance(connection) }
    }
  }

  // MARK: Accepting

  private func acceptAll(from listener: Listener) {
    for _ in 0..<Self.acceptsPerEvent {
      if table.count >= descriptorLimit, !dropLongIdle() { return pauseAccepting() }
      let descriptor = CLinux_accept(listener.descriptor)
      if descriptor >= 0 {
        if table.count >= limits.maxConnections, let oldest = table.mostDispensable() { drop(oldest) }
        open(descriptor)
        continue
      }
      switch -descriptor {
      case EMFILE, ENFILE, ENOBUFS, ENOMEM:
        guard dropLongIdle() else { return pauseAccepting() }
      case EINTR, ECONNABORTED, EPERM, EPROTO, ENETDOWN, ENETUNREACH, EHOSTDOWN, EHOSTUNREACH, ENONET, ENOPROTOOPT,
        EOPNOTSUPP:
        // accept(2): errors of the connection, not of the listener.
        continue
      default:
        return
      }
    }
  }

  private func open(_ descriptor: Int32) {
    let connection = table.take()
    connection.open(descriptor)
    guard poller.watchEdges(descriptor, token: connection.token) else {
      close(descriptor)
      connection.release()
      table.free(connection)
      return
    }
    settle(connection)
  }

  /// Those that are in use are not given up for a new one. False: there is none that can be spared.
  private func dropLongIdle() -> Bool {
    guard let oldest = table.mostDispensable(), table.phase(of: oldest) <= .lingering,
      table.beginning(of: oldest) <= now - Self.longIdle
    else { return false }
    drop(oldest)
    return true
  }

  private func pauseAccepting() {
    acceptsAgainAt = now + Self.acceptPause
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
