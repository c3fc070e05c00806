/// Decides what each query is answered: a query in, an answer or a wait out. It uses no socket and no request.
struct Responder {
  /// One answer, and the path under which it is counted.
  struct Answer {
    let response: HTTPResponse
    let route: StatusRoute
  }

  enum Reply {
    case answer(Answer)
    /// The node is not Ready. Ask again when it is, or after this time without the query's wait.
    case wait(atMost: Duration)
  }

  private let board: StatusBoard
  private let limits: ServerLimits
  private let fixed = FixedAnswers()
  private let metrics = ServerMetrics()
  private var answers = StatusAnswers(.starting, isStarting: true)
  /// The edition of the snapshot in `answers`.
  private var edition: UInt64 = 0
  private var counters = RequestCounters()

  init(board: StatusBoard, limits: ServerLimits) {
    self.board = board
    self.limits = limits
  }

  /// Whether the node is Ready in the snapshot that the answers are made from.
  var isReady: Bool { answers.snapshot.ready }

  /// The entity tag of the current `/status`, with its quotes.
  var etag: [UInt8] { answers.etag }

  /// Takes the board's latest snapshot. Returns false if the answers are already made from it.
  mutating func takeNews() -> Bool {
    let latest = board.edition
    guard latest != edition else { return false }
    edition = latest
    if let snapshot = board.current { answers = StatusAnswers(snapshot, isStarting: false) }
    return true
  }

  /// Decides and counts the answer to a query.
  ///
  /// - Parameters:
  ///   - query: the parsed request.
  ///   - connections: the number of open connections, which `/metrics` reports.
  mutating func reply(to query: StatusQuery, connections: Int) -> Reply {
    if case .route(.status) = query.subject, let wait = query.wait, wait > .zero, !isReady {
      return .wait(atMost: min(wait, limits.waitTime))
    }
    let answer = answer(to: query, connections: connections)
    count(answer)
    return .answer(answer)
  }

  /// Counts an answer that is sent to one more client.
  mutating func count(_ answer: Answer) { counters.count(answer.route, answer.response.status) }

  /// Returns the error for a request that could not be read, and counts it.
  mutating func refuse(_ refusal: HTTPRefusal) -> HTTPResponse {
    let response = fixed[refusal]
    counters.count(.other, response.status)
    return response
  }

  private mutating func answer(to query: StatusQuery, connections: Int) -> Answer {
    switch query.subject {
    case .methodNotAllowed: Answer(response: fixed.methodNotAllowed, route: .other)
    case .badParameters(let route): Answer(response: fixed.badParameters(of: route), route: route)
    case .route(let route):
      Answer(response: response(of: route, to: query, connections: connections), route: route)
    }
  }

  private mutating func response(of route: StatusRoute, to query: StatusQuery, connections: Int) -> HTTPResponse {
    switch route {
    case .status:
      return query.hasCurrent ? answers.notModified ?? answers.status : answers.status
    case .livez, .healthz:
      let busy = board.busy()
      return busy < limits.stallTime ? fixed.alive : fixed.stalled(for: busy)
    case .readyz:
      return query.verbose ? answers.readyzVerbose : answers.readyz
    case .version:
      return answers.version
    case .page:
      return answers.page(refresh: query.refresh)
    case .metrics:
      return metrics.response(query.format, answers: &answers, counters: counters, connections: connections)
    case .other:
      return fixed.notFound
    }
  }
}
