// What is answered.
extension EventLoop {
  /// Reads requests and appends their answers to `output`. Returns the number of bytes that are done with.
  func answerRequests(in bytes: Span<UInt8>, on connection: Connection) -> Int {
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
        let query = StatusQuery(request, of: rest, etag: answers.etag)
        connection.parser = HTTPRequestParser()
        connection.requestDeadline = nil
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

  func beginContent(of request: HTTPRequest, _ query: StatusQuery, sawMore: Bool, on connection: Connection) {
    do throws(HTTPRefusal) {
      connection.body = try HTTPBody(request.framing)
      keep(query, on: connection)
      if request.expectsContinue, !sawMore { output += "HTTP/1.1 100 Continue\r\n\r\n".utf8 }
    } catch {
      refuse(error, on: connection)
    }
  }

  /// Puts a request aside. By the time it is answered, another document may be current than the client holds.
  private func keep(_ query: StatusQuery, on connection: Connection) {
    connection.query = query
    connection.query?.hasCurrent = false
  }

  // MARK: Answers

  /// Appends the answer to `output`. False: it is not known yet, and nothing more may be answered before it.
  func answer(_ query: StatusQuery, on connection: Connection) -> Bool {
    switch query.subject {
    case .route(let route):
      switch route {
      case .status:
        if let wait = query.wait, wait > .zero, !answers.snapshot.ready {
          keep(query, on: connection)
          connection.waitsUntil = now + Self.nanoseconds(min(wait, limits.waitTime))
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
        let response = metrics.response(
          query.format, answers: &answers, counters: counters, connections: table.count)
        send(response, route, query, on: connection)
      case .other: send(fixed.notFound, route, query, on: connection)
      }
    case .methodNotAllowed: send(fixed.methodNotAllowed, .other, query, on: connection)
    case .badParameters: send(fixed.badParameters, .status, query, on: connection)
    }
    return true
  }

  @inline(__always)
  func send(_ response: HTTPResponse, _ route: StatusRoute, _ query: StatusQuery, on connection: Connection) {
    counters.count(route, response.status)
    let field: HTTPResponse.ConnectionField =
      !query.keepsAlive ? .close : query.saysKeepAlive ? .keepAlive : .none
    response.append(to: &output, date: date, withContent: query.wantsContent, connection: field)
    if !query.keepsAlive { connection.closes = true }
    if query.isMethodNotAllowed { connection.lingers = true }
  }

  func refuse(_ refusal: HTTPRefusal, on connection: Connection) {
    let response = fixed[refusal]
    counters.count(.other, response.status)
    response.append(to: &output, date: date, withContent: true, connection: .close)
    connection.closes = true
    connection.lingers = true
  }
}
