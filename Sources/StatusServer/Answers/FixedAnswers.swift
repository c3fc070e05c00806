/// The responses that no snapshot changes.
struct FixedAnswers {
  private let refusals: [HTTPResponse]
  let alive: HTTPResponse
  let notFound: HTTPResponse
  let methodNotAllowed: HTTPResponse
  private let badWait: HTTPResponse
  private let badRefresh: HTTPResponse

  init() {
    refusals = HTTPRefusal.allCases.map { HTTPResponse(error: $0.status, message: $0.message) }
    alive = HTTPResponse(.ok, type: StatusAnswers.text, content: Array("ok".utf8))
    notFound = HTTPResponse(error: .notFound, message: "there is no such path; the page at / links to all paths")
    methodNotAllowed = HTTPResponse(
      error: .methodNotAllowed, message: "the method is not allowed; use GET or HEAD", fields: ["Allow: GET, HEAD"])
    badWait = HTTPResponse(
      error: .badRequest, message: "the parameters are malformed; use wait=ready and timeout=SECONDS")
    badRefresh = HTTPResponse(
      error: .badRequest,
      message: "refresh is malformed; use refresh=SECONDS, a whole number from 1 to \(StatusQuery.longestRefresh)")
  }

  subscript(refusal: HTTPRefusal) -> HTTPResponse { refusals[Int(refusal.rawValue)] }

  func badParameters(of route: StatusRoute) -> HTTPResponse { route == .page ? badRefresh : badWait }

  func stalled(for duration: Duration) -> HTTPResponse {
    let text = "the reconcile loop has made no progress for \(duration.components.seconds) s"
    return HTTPResponse(.serviceUnavailable, type: StatusAnswers.text, content: Array(text.utf8))
  }
}
