// What is answered.
extension EventLoop {
  struct Answer {
    let response: HTTPResponse
    let route: StatusRoute
  }

  /// Reads requests and appends their answers to `output`; puts the request into `due` instead, where `answersLater` and
  /// the bytes hold just one. Returns the number of bytes that are done with.
  func answerRequests(in bytes: Span<UInt8>, on connection: Connection, answersLater: Bool = false) -> Int {
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

  /// Answers what is due. Who asks the same as the one before gets the same bytes.
  func answerDue() {
    var last: (answer: Answer, query: StatusQuery)?
    for (token, query) in due {
      guard let connection = table.connection(token) else { continue }
      if let last, last.query == query {
        conclude(last.answer, query, on: connection)
      } else if let answer = answer(to: query, on: connection) {
        output.removeAll(keepingCapacity: true)
        append(answer, query)
        conclude(answer, query, on: connection)
        last = (answer, query)
      } else {
        settle(connection)
        continue
      }
      if sendOutput(to: connection) { settle(connection) }
    }
    output.removeAll(keepingCapacity: true)
    due.removeAll(keepingCapacity: true)
  }

  /// Appends the answer to `output`. False: it is not known yet, and nothing more may be answered before it.
  func answer(_ query: StatusQuery, on connection: Connection) -> Bool {
    guard let answer = answer(to: query, on: connection) else { return false }
    append(answer, query)
    conclude(answer, query, on: connection)
    return true
  }

  /// nil: it is not known yet; the connection waits.
  private func answer(to query: StatusQuery, on connection: Connection) -> Answer? {
    switch query.subject {
    case .route(let route):
      switch route {
      case .status:
        if let wait = query.wait, wait > .zero, !answers.snapshot.ready {
          keep(query, on: connection)
          connection.waitsUntil = now + Self.nanoseconds(min(wait, limits.waitTime))
          return nil
        }
        return Answer(response: query.hasCurrent ? answers.notModified ?? answers.status : answers.status, route: route)
      case .livez, .healthz:
        let busy = board.busy()
        return Answer(response: busy < limits.stallTime ? fixed.alive : fixed.stalled(for: busy), route: route)
      case .readyz:
        return Answer(response: query.verbose ? answers.readyzVerbose : answers.readyz, route: route)
      case .version:
        return Answer(response: answers.version, route: route)
      case .page:
        return Answer(response: answers.page, route: route)
      case .metrics:
        let response = metrics.response(query.format, answers: &answers, counters: counters, connections: table.count)
        return Answer(response: response, route: route)
      case .other:
        return Answer(response: fixed.notFound, route: route)
      }
    case .methodNotAllowed:
      return Answer(response: fixed.methodNotAllowed, route: .other)
    case .badParameters:
      return Answer(response: fixed.badParameters, route: .status)
    }
  }

  private func append(_ answer: Answer, _ query: StatusQuery) {
    let field: HTTPResponse.ConnectionField =
      !query.keepsAlive ? .close : query.saysKeepAlive ? .keepAlive : .none
    answer.response.append(to: &output, date: date, withContent: query.wantsContent, connection: field)
  }

  /// Puts down what follows from an answer.
  private func conclude(_ answer: Answer, _ query: StatusQuery, on connection: Connection) {
    counters.count(answer.route, answer.response.status)
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
