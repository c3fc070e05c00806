/// The responses of one snapshot, each made once: most when it is published, the rest when they are first asked for.
struct StatusAnswers {
  let snapshot: PublishedSnapshot
  /// As it stands in the header field.
  let etag: [UInt8]
  let status: HTTPResponse
  /// Only where the node is Ready: a precondition does not turn a 503 into anything else (RFC 9110 section 13.2.1).
  let notModified: HTTPResponse?
  let readyz: HTTPResponse
  let readyzVerbose: HTTPResponse
  let version: HTTPResponse
  private let isStarting: Bool
  private(set) lazy var page = HTTPResponse(
    isStarting ? .serviceUnavailable : .ok, type: "text/html; charset=utf-8", fields: Self.pageFields,
    content: snapshot.page())
  private(set) lazy var metrics = snapshot.metrics()
  private(set) lazy var openMetrics = snapshot.openMetrics()

  static let text = "text/plain; charset=utf-8"
  private static let json = "application/json"

  init(_ snapshot: PublishedSnapshot, isStarting: Bool) {
    self.snapshot = snapshot
    let quoted = "\"\(snapshot.etag)\""
    etag = Array(quoted.utf8)
    let fields = ["ETag: \(quoted)", "Cache-Control: no-cache"]
    let code: HTTPStatus = snapshot.ready ? .ok : .serviceUnavailable
    status = HTTPResponse(code, type: Self.json, fields: fields, content: snapshot.status)
    notModified =
      snapshot.ready
      ? HTTPResponse(.notModified, type: Self.json, fields: fields, content: snapshot.status, sendsContent: false)
      : nil
    // Like Kubernetes' own: the list also without `verbose` where a check fails.
    readyzVerbose = HTTPResponse(code, type: Self.text, content: snapshot.readyz)
    readyz = snapshot.ready ? HTTPResponse(.ok, type: Self.text, content: Array("ok".utf8)) : readyzVerbose
    version = HTTPResponse(isStarting ? .serviceUnavailable : .ok, type: Self.json, content: snapshot.version)
    self.isStarting = isStarting
  }

  private static let pageFields = [
    "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
      + "form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options: nosniff", "Cache-Control: no-cache",
  ]
}

/// The responses that no snapshot changes.
struct FixedAnswers {
  private let refusals: [HTTPResponse]
  let alive: HTTPResponse
  let notFound: HTTPResponse
  let methodNotAllowed: HTTPResponse
  let badParameters: HTTPResponse

  init() {
    refusals = HTTPRefusal.allCases.map { HTTPResponse(error: $0.status, message: $0.message) }
    alive = HTTPResponse(.ok, type: StatusAnswers.text, content: Array("ok".utf8))
    notFound = HTTPResponse(error: .notFound, message: "no such path; the page at / links to all there are")
    methodNotAllowed = HTTPResponse(
      error: .methodNotAllowed, message: "only GET and HEAD are answered", fields: ["Allow: GET, HEAD"])
    badParameters = HTTPResponse(error: .badRequest, message: "the parameters are wait=ready and timeout=SECONDS")
  }

  subscript(refusal: HTTPRefusal) -> HTTPResponse { refusals[Int(refusal.rawValue)] }

  func stalled(for duration: Duration) -> HTTPResponse {
    let text = "the reconcile loop has been at one piece of work for \(duration.components.seconds) s"
    return HTTPResponse(.serviceUnavailable, type: StatusAnswers.text, content: Array(text.utf8))
  }
}
