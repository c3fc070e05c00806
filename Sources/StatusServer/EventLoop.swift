import CLinux
import Glibc

/// The serving thread: accepts, reads, answers.
///
/// Sockets are watched for edges; each event is worth one `recv`, as many answers as requests came with it, and one
/// `send`. What a client sends beyond that waits in the kernel until the others have had their turn.
final class EventLoop {
  private static let newsToken = UInt64.max
  private static let stopToken = UInt64.max - 1
  private static let firstListenerToken = UInt64.max - 4096
  private static let readCapacity = 16 * 1024
  /// Answers are sent once so many bytes are together.
  private static let batch = 64 * 1024
  /// What is read from a client that was told to go, in bytes.
  private static let dropLimit = 256 * 1024
  private static let acceptsPerEvent = 64
  /// Between attempts to accept while the process is out of descriptors.
  private static let acceptPause: Int64 = 500_000_000

  private let poller: Poller
  private let listeners: [Listener]
  private let board: StatusBoard
  private let stop: WakeDescriptor
  private let limits: ServerLimits
  private let accept: @Sendable (Int32) -> Int32

  private let fixed = FixedAnswers()
  private let metrics = ServerMetrics()
  private let events = UnsafeMutableBufferPointer<epoll_event>.allocate(capacity: 256)
  private let readBuffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: readCapacity)
  private let idleTime: Int64
  private let requestTime: Int64
  @exclusivity(unchecked) private var answers = StatusAnswers(.starting, isStarting: true)
  @exclusivity(unchecked) private var counters = RequestCounters()
  @exclusivity(unchecked) private var table = ConnectionTable()
  /// The answers of the connection at hand.
  @exclusivity(unchecked) private var output: [UInt8] = []
  /// Connections that have more to read than their turn allowed.
  @exclusivity(unchecked) private var unfinished: [UInt64] = []
  @exclusivity(unchecked) private var now: Int64 = 0
  @exclusivity(unchecked) private var second = 0
  @exclusivity(unchecked) private var date: [UInt8] = []
  @exclusivity(unchecked) private var isStopping = false
  /// When to accept again; nil: accepting.
  private var acceptsAgainAt: Int64?

  /// - Parameter accept: Accepts from a listener: the new descriptor or -errno.
  init(
    poller: Poller, listeners: [Listener], board: StatusBoard, stop: WakeDescriptor, limits: ServerLimits,
    accept: @escaping @Sendable (Int32) -> Int32
  ) throws(SocketFailure) {
    self.poller = poller
    self.listeners = listeners
    self.board = board
    self.stop = stop
    self.limits = limits
    self.accept = accept
    idleTime = Self.nanoseconds(limits.idleTime)
    requestTime = Self.nanoseconds(limits.requestTime)
    output.reserveCapacity(2 * Self.batch)
    events.initialize(repeating: epoll_event())
    readBuffer.initialize(repeating: 0)
    try poller.watchLevel(board.news.descriptor, token: Self.newsToken)
    try poller.watchLevel(stop.descriptor, token: Self.stopToken)
    for (index, listener) in listeners.enumerated() {
      try poller.watchLevel(listener.descriptor, token: Self.firstListenerToken + UInt64(index))
    }
  }

  deinit {
    for phase in [ConnectionTable.Phase.idle, .lingering, .reading, .writing, .waiting] {
      for connection in table.all(phase) { close(connection.descriptor) }
    }
    events.deallocate()
    readBuffer.deallocate()
  }

  /// Serves until `stop` is signalled.
  func run() {
    takeNews()
    while !isStopping {
      let count = poller.wait(events, milliseconds: timeout())
      readClocks()
      for index in 0..<count {
        let mask = CLinux_event_mask(events.baseAddress, Int32(index))
        take(CLinux_event_data(events.baseAddress, Int32(index)), Poller.Readiness(mask: mask))
      }
      if !unfinished.isEmpty { takeUnfinished() }
      if now >= table.nextDeadline { expire() }
      if let again = acceptsAgainAt, now >= again { resumeAccepting() }
    }
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
    readClocks()
    return Int32(clamping: max(0, (next - now + 999_999) / 1_000_000))
  }

  private static func nanoseconds(_ duration: Duration) -> Int64 {
    duration.components.seconds * 1_000_000_000 + duration.components.attoseconds / 1_000_000_000
  }

  private func set(_ connection: Connection, _ phase: ConnectionTable.Phase, for duration: Int64) {
    table.set(connection, phase, now: now, deadline: now + duration)
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
      case Self.newsToken: takeNews()
      case Self.stopToken: isStopping = true
      default: acceptAll(from: listeners[Int(token - Self.firstListenerToken)])
      }
      return
    }
    guard let connection = table.connection(token) else { return }
    if readiness.readable || readiness.ended { connection.isReadable = true }
    advance(connection, peerEnded: readiness.ended)
  }

  private func takeNews() {
    board.news.drain()
    guard let snapshot = board.current else { return }
    answers = StatusAnswers(snapshot, isStarting: false)
    guard snapshot.ready else { return }
    for connection in table.all(.waiting) { finishWait(connection) }
  }

  private func takeUnfinished() {
    let tokens = unfinished
    unfinished.removeAll(keepingCapacity: true)
    for token in tokens {
      if let connection = table.connection(token) { advance(connection, peerEnded: false) }
    }
  }

  // MARK: Accepting

  private func acceptAll(from listener: Listener) {
    for _ in 0..<Self.acceptsPerEvent {
      let descriptor = accept(listener.descriptor)
      if descriptor >= 0 {
        if table.count >= limits.maxConnections { dropMostDispensable() }
        open(descriptor)
        continue
      }
      switch -descriptor {
      case EMFILE, ENFILE, ENOBUFS, ENOMEM:
        // The new client is owed an answer more than an idle one its connection.
        guard dropMostDispensable() else { return pauseAccepting() }
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
    set(connection, .idle, for: idleTime)
  }

  /// Returns false where there is no connection that could be closed.
  @discardableResult
  private func dropMostDispensable() -> Bool {
    guard let connection = table.mostDispensable() else { return false }
    drop(connection)
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

  // MARK: One connection

  /// Goes on with whatever the connection can do now: send, answer, read once.
  private func advance(_ connection: Connection, peerEnded: Bool) {
    if !connection.output.isEmpty {
      guard sendRest(of: connection) else { return }
      if connection.closes { return finishClosing(connection) }
    }
    switch table.phase(of: connection) {
    case .lingering: return dropInput(of: connection)
    case .waiting, .free: return
    case .idle, .reading, .writing: break
    }
    if !connection.input.isEmpty {
      guard answerHeldInput(of: connection) else { return }
    }
    guard connection.isReadable else { return settle(connection) }
    let received = CLinux_receive(connection.descriptor, readBuffer.baseAddress, readBuffer.count)
    guard received > 0 else { return takeEnd(of: connection, received) }
    if received == readBuffer.count || peerEnded {
      unfinished.append(connection.token)
    } else {
      connection.isReadable = false
    }
    if connection.input.isEmpty {
      let bytes = UnsafeBufferPointer(readBuffer)[..<received]
      let used = answerRequests(in: UnsafeBufferPointer(rebasing: bytes).span, on: connection)
      if used < received { connection.input = Array(bytes[used...]) }
    } else {
      connection.input.append(contentsOf: UnsafeBufferPointer(readBuffer)[..<received])
      answerInput(of: connection)
    }
    if flush(connection) { settle(connection) }
  }

  /// Answers the requests in the bytes held back. False: the connection is closed or must wait before it may go on.
  private func answerHeldInput(of connection: Connection) -> Bool {
    repeat {
      let held = connection.input.count
      answerInput(of: connection)
      let sent = !output.isEmpty
      guard flush(connection) else { return false }
      guard sent, connection.input.count < held else { break }
    } while !connection.input.isEmpty
    return table.phase(of: connection) != .waiting
  }

  private func answerInput(of connection: Connection) {
    let input = connection.input
    connection.input = []
    let used = answerRequests(in: input.span, on: connection)
    if used < input.count { connection.input = used == 0 ? input : Array(input[used...]) }
  }

  /// Puts the phase right after all that can be done was done.
  private func settle(_ connection: Connection) {
    let phase = table.phase(of: connection)
    if phase == .waiting || phase == .free || phase == .lingering { return }
    if connection.input.isEmpty, connection.body == nil {
      set(connection, .idle, for: idleTime)
    } else if phase != .reading {
      set(connection, .reading, for: requestTime)
    }
  }

  /// Reads requests and appends their answers to `output`. Returns the number of bytes that are done with.
  private func answerRequests(in bytes: Span<UInt8>, on connection: Connection) -> Int {
    var used = 0
    while used < bytes.count, !connection.closes, output.count < Self.batch {
      let rest = bytes.extracting(used..<bytes.count)
      if connection.body != nil {
        switch connection.body?.consume(rest) {
        case .needsMore(let consumed):
          return used + consumed
        case .complete(let consumed):
          used += consumed
          connection.body = nil
          table.set(connection, .idle, now: now, deadline: now + idleTime)
          if let query = connection.query, !answer(query, on: connection) { return used }
        case .refused(let refusal):
          refuse(refusal, on: connection)
        case nil:
          return used
        }
        continue
      }
      switch connection.parser.parse(rest) {
      case .needsMore:
        return used
      case .refused(let refusal):
        refuse(refusal, on: connection)
      case .request(let request):
        let query = StatusQuery(request, of: rest, etag: answers.etag)
        connection.parser = HTTPRequestParser()
        used += request.length
        if request.framing == .none || query.isMethodNotAllowed {
          if !answer(query, on: connection) { return used }
        } else {
          beginContent(of: request, query, sawMore: used < bytes.count, on: connection)
        }
      }
    }
    return used
  }

  private func beginContent(of request: HTTPRequest, _ query: StatusQuery, sawMore: Bool, on connection: Connection) {
    do throws(HTTPRefusal) {
      connection.body = try HTTPBody(request.framing)
      connection.query = query
      set(connection, .reading, for: requestTime)
      if request.expectsContinue, !sawMore { output += "HTTP/1.1 100 Continue\r\n\r\n".utf8 }
    } catch {
      refuse(error, on: connection)
    }
  }

  // MARK: Answers

  /// Appends the answer to `output`. False: it is not known yet, and nothing more may be answered before it.
  private func answer(_ query: StatusQuery, on connection: Connection) -> Bool {
    switch query.subject {
    case .route(let route):
      switch route {
      case .status:
        if let wait = query.wait, wait > .zero, !answers.snapshot.ready {
          connection.query = query
          set(connection, .waiting, for: Self.nanoseconds(min(wait, limits.waitTime)))
          return false
        }
        if query.hasCurrent, let notModified = answers.notModified {
          send(notModified, route, query, on: connection)
        } else {
          send(answers.status, route, query, on: connection)
        }
      case .livez, .healthz:
        let busy = board.busy()
        send(busy < limits.stallTime ? fixed.alive : fixed.stalled(for: busy), route, query, on: connection)
      case .readyz: send(query.verbose ? answers.readyzVerbose : answers.readyz, route, query, on: connection)
      case .version: send(answers.version, route, query, on: connection)
      case .page: send(answers.page, route, query, on: connection)
      case .metrics:
        let response = metrics.response(query.format, snapshot: answers.snapshot, counters: counters)
        send(response, route, query, on: connection)
      case .other: send(fixed.notFound, route, query, on: connection)
      }
    case .methodNotAllowed: send(fixed.methodNotAllowed, .other, query, on: connection)
    case .badParameters: send(fixed.badParameters, .status, query, on: connection)
    }
    return true
  }

  @inline(__always)
  private func send(_ response: HTTPResponse, _ route: StatusRoute, _ query: StatusQuery, on connection: Connection) {
    counters.count(route, response.status)
    let field: HTTPResponse.ConnectionField =
      !query.keepsAlive ? .close : query.saysKeepAlive ? .keepAlive : .none
    response.append(to: &output, date: date, withContent: query.wantsContent, connection: field)
    if !query.keepsAlive { connection.closes = true }
    if query.isMethodNotAllowed { connection.lingers = true }
  }

  private func refuse(_ refusal: HTTPRefusal, on connection: Connection) {
    let response = fixed[refusal]
    counters.count(.other, response.status)
    response.append(to: &output, date: date, withContent: true, connection: .close)
    connection.closes = true
    connection.lingers = true
  }

  /// Ends a wait with the state as it is.
  private func finishWait(_ connection: Connection) {
    guard var query = connection.query else { return }
    connection.query = nil
    query.wait = nil
    set(connection, .idle, for: idleTime)
    _ = answer(query, on: connection)
    guard flush(connection) else { return }
    advance(connection, peerEnded: connection.hasEnded)
  }

  /// Refuses what a client did not finish.
  private func end(_ connection: Connection, _ refusal: HTTPRefusal) {
    refuse(refusal, on: connection)
    _ = flush(connection)
  }

  // MARK: Sending and closing

  /// Sends `output`. False: it is not all sent, or the connection is closing or closed.
  private func flush(_ connection: Connection) -> Bool {
    guard !output.isEmpty else { return true }
    let sent = output.withUnsafeBytes { CLinux_send(connection.descriptor, $0.baseAddress, $0.count) }
    if sent == output.count {
      output.removeAll(keepingCapacity: true)
      guard connection.closes else { return true }
      finishClosing(connection)
      return false
    }
    if sent < 0, sent != -Int(EAGAIN), sent != -Int(EINTR) {
      output.removeAll(keepingCapacity: true)
      drop(connection)
      return false
    }
    connection.output = Array(output[max(0, sent)...])
    connection.outputSent = 0
    output.removeAll(keepingCapacity: true)
    set(connection, .writing, for: Self.nanoseconds(limits.responseTime))
    if !connection.watchesOutput {
      connection.watchesOutput = true
      poller.watchEdgesOfOutput(connection.descriptor, token: connection.token)
    }
    return false
  }

  /// Sends what was held back. False: there is more, or the connection is closed.
  private func sendRest(of connection: Connection) -> Bool {
    let sent = connection.output.withUnsafeBytes { bytes in
      CLinux_send(
        connection.descriptor, bytes.baseAddress?.advanced(by: connection.outputSent),
        bytes.count - connection.outputSent)
    }
    if sent < 0 {
      if sent != -Int(EAGAIN), sent != -Int(EINTR) { drop(connection) }
      return false
    }
    connection.outputSent += sent
    guard connection.outputSent == connection.output.count else { return false }
    connection.output = []
    set(connection, .idle, for: idleTime)
    return true
  }

  /// The client's side is closed (0) or failed (-errno), or there is nothing to read after all.
  private func takeEnd(of connection: Connection, _ received: Int) {
    if received == -Int(EAGAIN) || received == -Int(EINTR) {
      connection.isReadable = false
      return settle(connection)
    }
    drop(connection)
  }

  /// All answers are sent. Where the client may still be sending, it is given time to read them.
  private func finishClosing(_ connection: Connection) {
    guard connection.lingers else { return drop(connection) }
    connection.input = []
    connection.parser = HTTPRequestParser()
    shutdown(connection.descriptor, Int32(SHUT_WR))
    set(connection, .lingering, for: Self.nanoseconds(limits.lingerTime))
    connection.isReadable = true
    dropInput(of: connection)
  }

  private func dropInput(of connection: Connection) {
    while connection.isReadable {
      let received = CLinux_receive(connection.descriptor, readBuffer.baseAddress, readBuffer.count)
      if received == -Int(EAGAIN) || received == -Int(EINTR) {
        connection.isReadable = false
        return
      }
      connection.dropped += max(0, received)
      if received <= 0 || connection.dropped > Self.dropLimit { return drop(connection) }
    }
  }

  private func drop(_ connection: Connection) {
    close(connection.descriptor)
    connection.release()
    table.free(connection)
    if acceptsAgainAt != nil { acceptsAgainAt = now }
  }
}
