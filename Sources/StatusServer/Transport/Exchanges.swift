import CLinux
import Glibc
import Linux

/// The exchanges of requests and answers on all connections: receives, has the responder answer, sends and closes.
///
/// Only the serving thread uses it. Checks for overlapping access would cost more than parsing a request.
final class Exchanges {
  private static let readCapacity = 16 * 1024
  /// Answers are sent once this many bytes are collected.
  private static let batch = 64 * 1024
  /// The most that is read, in bytes, from a client whose connection is closing.
  private static let dropLimit = 256 * 1024

  private let poller: Poller
  private let limits: ServerLimits
  private let idleTime: Int64
  private let requestTime: Int64
  private let readBuffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: readCapacity)
  @exclusivity(unchecked) private(set) var table = ConnectionTable()
  @exclusivity(unchecked) private(set) var clock = ServerClock()
  @exclusivity(unchecked) private var responder: Responder
  /// The answers of the current connection.
  @exclusivity(unchecked) private var output: [UInt8] = []
  @exclusivity(unchecked) private var recent = RecentRequest()
  /// Requests that are read and not yet answered, with the tokens of their connections.
  @exclusivity(unchecked) private var due: [(token: UInt64, query: StatusQuery)] = []
  /// The tokens of connections that have more to read than one turn allows.
  @exclusivity(unchecked) private var unfinished: [UInt64] = []
  /// Whether a connection was closed since this was last set to false.
  @exclusivity(unchecked) var hasDropped = false

  init(poller: Poller, board: StatusBoard, limits: ServerLimits) {
    self.poller = poller
    self.limits = limits
    responder = Responder(board: board, limits: limits)
    idleTime = limits.idleTime.nanoseconds
    requestTime = limits.requestTime.nanoseconds
    output.reserveCapacity(2 * Self.batch)
    readBuffer.initialize(repeating: 0)
  }

  deinit {
    for connection in table.all() { close(connection.descriptor) }
    readBuffer.deallocate()
  }

  // MARK: Rounds

  /// Whether there is work that no event will report.
  var hasUnfinished: Bool { !unfinished.isEmpty }

  func readClock() { clock.read() }

  /// Takes the latest snapshot. If the node is Ready, answers the clients that wait for that.
  func takeNews() {
    guard responder.takeNews() else { return }
    recent.forget()
    guard responder.isReady else { return }
    for connection in table.all(.waiting) { finishWait(connection) }
  }

  /// Starts to serve a connected socket, and closes it in the end.
  func open(_ descriptor: Int32) {
    if table.count >= limits.maxConnections, let oldest = table.mostDispensable() { drop(oldest) }
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

  /// Handles an event of a connection. `answerDue` answers single requests.
  func take(_ token: UInt64, _ readiness: Poller.Readiness) {
    guard let connection = table.connection(token) else { return }
    if readiness.readable || readiness.ended { connection.isReadable = true }
    if readiness.ended { connection.hasEnded = true }
    if readiness.broken, connection.waitsUntil != nil { return drop(connection) }
    advance(connection, answersLater: true)
  }

  /// Answers the requests that are due. Equal requests get the same bytes.
  func answerDue() {
    var last: (answer: Responder.Answer, query: StatusQuery)?
    for (token, query) in due {
      guard let connection = table.connection(token) else { continue }
      if let last, last.query == query {
        responder.count(last.answer)
      } else if let answer = reply(to: query, on: connection) {
        output.removeAll(keepingCapacity: true)
        append(answer, query)
        last = (answer, query)
      } else {
        settle(connection)
        continue
      }
      prepareClosing(connection, after: query)
      if sendOutput(to: connection) { settle(connection) }
    }
    output.removeAll(keepingCapacity: true)
    due.removeAll(keepingCapacity: true)
  }

  /// Gives each connection that had more to read another turn.
  func takeUnfinished() {
    guard !unfinished.isEmpty else { return }
    let tokens = unfinished
    unfinished.removeAll(keepingCapacity: true)
    for token in tokens {
      if let connection = table.connection(token) { advance(connection) }
    }
  }

  /// Ends the phases whose deadline has passed.
  func expire() {
    guard clock.now >= table.nextDeadline else { return }
    for connection in table.expired(at: clock.now) {
      switch table.phase(of: connection) {
      case .reading:
        refuse(.timeout, on: connection)
        _ = flush(connection)
      case .waiting: finishWait(connection)
      case .idle, .lingering, .writing: drop(connection)
      case .free: break
      }
    }
  }

  /// Closes the connection that has been idle for longest, if it has been idle for at least `time` nanoseconds. Returns
  /// false if there is none. A connection in use is not closed for a new one.
  func dropIdle(for time: Int64) -> Bool {
    guard let oldest = table.mostDispensable(), table.phase(of: oldest) <= .lingering,
      table.beginning(of: oldest) <= clock.now - time
    else { return false }
    drop(oldest)
    return true
  }

  // MARK: Receiving

  /// Advances the connection as far as possible now: sends the rest of an answer, answers the requests that it holds,
  /// and reads once. With `answersLater`, a request that is read may be added to `due`.
  private func advance(_ connection: Connection, answersLater: Bool = false) {
    if connection.isLingering { return dropInput(of: connection) }
    guard sendRest(of: connection), connection.waitsUntil == nil, answerHeld(by: connection) else { return }
    guard connection.isReadable, connection.waitsUntil == nil else { return settle(connection) }
    let received = CLinux_receive(connection.descriptor, readBuffer.baseAddress, readBuffer.count)
    guard received > 0 else {
      if received != -Int(EAGAIN), received != -Int(EINTR) { return drop(connection) }
      connection.isReadable = received == -Int(EINTR)
      return settle(connection)
    }
    if received == readBuffer.count || connection.hasEnded {
      unfinished.append(connection.token)
    } else {
      connection.isReadable = false
    }
    let bytes = UnsafeBufferPointer(start: readBuffer.baseAddress, count: received)
    if answersLater, connection.input.isEmpty, connection.body == nil, let query = recent.query(of: bytes.span) {
      due.append((connection.token, query))
    } else if connection.input.isEmpty {
      let used = answerRequests(in: bytes.span, on: connection, answersLater: answersLater)
      if used < received { connection.input = Array(bytes[used...]) }
      guard flush(connection) else { return }
    } else {
      connection.input.append(contentsOf: bytes)
    }
    if answerHeld(by: connection) { settle(connection) }
  }

  /// Answers the requests in the bytes that the connection holds. Returns false if it is closed or has to wait.
  private func answerHeld(by connection: Connection) -> Bool {
    while !connection.input.isEmpty, connection.waitsUntil == nil {
      let input = connection.input
      connection.input = []
      let used = answerRequests(in: input.span, on: connection)
      if used < input.count { connection.input = used == 0 ? input : Array(input[used...]) }
      guard flush(connection) else { return false }
      if used == 0 { break }
    }
    return true
  }

  /// Reads requests and appends their answers to `output`. With `answersLater`, puts the request into `due` instead if the
  /// bytes hold exactly one. Returns the number of bytes used.
  private func answerRequests(
    in bytes: Span<UInt8>, on connection: Connection, answersLater: Bool = false
  ) -> Int {
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
          connection.requestDeadline = nil
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
        let query = StatusQuery(request, of: rest, etag: responder.etag)
        connection.parser = HTTPRequestParser()
        connection.requestDeadline = nil
        used += request.length
        if request.framing == .none || query.isMethodNotAllowed {
          if answersLater, request.length == bytes.count {
            recent.remember(query, of: bytes)
            due.append((connection.token, query))
          } else if !answer(query, on: connection) {
            return used
          }
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
      hold(query, on: connection)
      if request.expectsContinue, !sawMore { output += "HTTP/1.1 100 Continue\r\n\r\n".utf8 }
    } catch {
      refuse(error, on: connection)
    }
  }

  /// Keeps a request for later. The current document may change before it is answered.
  private func hold(_ query: StatusQuery, on connection: Connection) {
    connection.query = query
    connection.query?.hasCurrent = false
  }

  /// Sets what the connection waits for after all that was possible is done.
  private func settle(_ connection: Connection) {
    let now = clock.now
    if let deadline = connection.waitsUntil {
      // The node may have become Ready while an earlier answer was being sent.
      table.set(connection, .waiting, now: now, deadline: responder.isReady ? now : deadline)
    } else if connection.input.isEmpty, connection.body == nil {
      table.set(connection, .idle, now: now, deadline: now + idleTime)
    } else if connection.requestDeadline == nil {
      connection.requestDeadline = now + requestTime
      table.set(connection, .reading, now: now, deadline: now + requestTime)
    }
  }

  // MARK: Answering

  /// Appends the answer to `output`. Returns false if there is none yet: nothing else may be answered before it.
  private func answer(_ query: StatusQuery, on connection: Connection) -> Bool {
    guard let answer = reply(to: query, on: connection) else { return false }
    append(answer, query)
    prepareClosing(connection, after: query)
    return true
  }

  /// Returns nil if the connection has to wait for its answer.
  private func reply(to query: StatusQuery, on connection: Connection) -> Responder.Answer? {
    switch responder.reply(to: query, connections: table.count) {
    case .answer(let answer): return answer
    case .wait(let limit):
      hold(query, on: connection)
      connection.waitsUntil = clock.now + limit.nanoseconds
      return nil
    }
  }

  private func append(_ answer: Responder.Answer, _ query: StatusQuery) {
    let field: HTTPResponse.ConnectionField =
      !query.keepsAlive ? .close : query.saysKeepAlive ? .keepAlive : .none
    answer.response.append(to: &output, date: clock.date, withContent: query.wantsContent, connection: field)
  }

  private func prepareClosing(_ connection: Connection, after query: StatusQuery) {
    if !query.keepsAlive { connection.closes = true }
    if query.isMethodNotAllowed { connection.lingers = true }
  }

  private func refuse(_ refusal: HTTPRefusal, on connection: Connection) {
    responder.refuse(refusal).append(to: &output, date: clock.date, withContent: true, connection: .close)
    connection.closes = true
    connection.lingers = true
  }

  /// Ends a wait and sends the current state.
  private func finishWait(_ connection: Connection) {
    guard connection.waitsUntil != nil, var query = connection.query else { return }
    connection.waitsUntil = nil
    query.wait = nil
    _ = answer(query, on: connection)
    if flush(connection) { advance(connection) }
  }

  // MARK: Sending and closing

  /// Sends and empties `output`. Returns false if not all is sent, or the connection is closing or closed.
  private func flush(_ connection: Connection) -> Bool {
    guard !output.isEmpty else { return true }
    defer { output.removeAll(keepingCapacity: true) }
    return sendOutput(to: connection)
  }

  /// Sends `output` and keeps it. Returns false if not all is sent, or the connection is closing or closed.
  private func sendOutput(to connection: Connection) -> Bool {
    let sent = output.withUnsafeBytes { CLinux_send(connection.descriptor, $0.baseAddress, $0.count) }
    if sent == output.count {
      if connection.closes { finishClosing(connection) }
      return !connection.closes
    }
    guard sent >= 0 || sent == -Int(EAGAIN) || sent == -Int(EINTR) else {
      drop(connection)
      return false
    }
    connection.output = Array(output[max(0, sent)...])
    connection.outputSent = 0
    table.set(connection, .writing, now: clock.now, deadline: clock.now + limits.responseTime.nanoseconds)
    if !connection.watchesOutput {
      connection.watchesOutput = true
      poller.watchEdgesOfOutput(connection.descriptor, token: connection.token)
    }
    return false
  }

  /// Sends what the socket did not accept before. Returns false if there is more, or the connection is closing or closed.
  private func sendRest(of connection: Connection) -> Bool {
    guard !connection.output.isEmpty else { return true }
    let sent = connection.output.withUnsafeBytes { bytes in
      let rest = bytes[connection.outputSent...]
      return CLinux_send(connection.descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
    }
    guard sent >= 0 else {
      if sent != -Int(EAGAIN), sent != -Int(EINTR) { drop(connection) }
      return false
    }
    connection.outputSent += sent
    guard connection.outputSent == connection.output.count else { return false }
    connection.output = []
    connection.requestDeadline = nil
    if connection.closes { finishClosing(connection) } else { settle(connection) }
    return !connection.closes
  }

  /// Closes after the last answer. A client that may still be sending gets time to read its answers first.
  private func finishClosing(_ connection: Connection) {
    guard connection.lingers || connection.isReadable else { return drop(connection) }
    connection.isLingering = true
    connection.input = []
    shutdown(connection.descriptor, Int32(SHUT_WR))
    table.set(connection, .lingering, now: clock.now, deadline: clock.now + limits.lingerTime.nanoseconds)
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
    hasDropped = true
  }
}
