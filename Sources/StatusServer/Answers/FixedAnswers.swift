/// The responses that no snapshot changes. Only the usual one is kept; an error is rendered for each request.
struct FixedAnswers {
  let alive = HTTPResponse(.ok, type: StatusAnswers.text, content: Array("ok".utf8))

  var notFound: HTTPResponse {
    HTTPResponse(error: .notFound, message: "there is no such path; the page at / links to all paths")
  }

  var methodNotAllowed: HTTPResponse {
    HTTPResponse(
      error: .methodNotAllowed, message: "the method is not allowed; use GET or HEAD", fields: ["Allow: GET, HEAD"])
  }

  private var badWait: HTTPResponse {
    HTTPResponse(error: .badRequest, message: "the parameters are malformed; use wait=ready and timeout=SECONDS")
  }

  private var badRefresh: HTTPResponse {
    HTTPResponse(
      error: .badRequest,
      message: "refresh is malformed; use refresh=SECONDS, a whole number from 1 to \(StatusQuery.longestRefresh)")
  }

  subscript(refusal: HTTPRefusal) -> HTTPResponse { HTTPResponse(error: refusal.status, message: refusal.message) }

  func badParameters(of route: StatusRoute) -> HTTPResponse { route == .page ? badRefresh : badWait }

  func stalled(for duration: Duration) -> HTTPResponse {
    let text = "the reconcile loop has made no progress for \(duration.components.seconds) s"
    return HTTPResponse(.serviceUnavailable, type: StatusAnswers.text, content: Array(text.utf8))
  }
}
