/// The responses of one snapshot, each made once, the long ones at their first request.
struct StatusAnswers {
  let snapshot: PublishedSnapshot
  private lazy var statusText = snapshot.status()
  /// The entity tag with its quotes, as in the header field.
  private(set) lazy var etag = Array("\"\(statusText.etag)\"".utf8)
  private(set) lazy var status = statusResponse(snapshot.ready ? .ok : .serviceUnavailable)
  /// Nil if the node is not Ready: a precondition changes no response but a 2xx (RFC 9110 section 13.2.1).
  private(set) lazy var notModified = snapshot.ready ? statusResponse(.notModified, sendsContent: false) : nil
  let readyz: HTTPResponse
  let readyzVerbose: HTTPResponse
  let version: HTTPResponse
  private let isStarting: Bool
  private lazy var pageText = snapshot.page()
  private lazy var plainPage = pageResponse(refresh: nil)
  private(set) lazy var metrics = snapshot.metrics()
  private(set) lazy var openMetrics = snapshot.openMetrics()

  static let text = "text/plain; charset=utf-8"
  private static let json = "application/json"

  init(_ snapshot: PublishedSnapshot, isStarting: Bool) {
    self.snapshot = snapshot
    let code: HTTPStatus = snapshot.ready ? .ok : .serviceUnavailable
    // As in Kubernetes, a failed check returns the list even without `verbose`.
    readyzVerbose = HTTPResponse(code, type: Self.text, content: snapshot.readyz)
    readyz = snapshot.ready ? HTTPResponse(.ok, type: Self.text, content: Array("ok".utf8)) : readyzVerbose
    version = HTTPResponse(isStarting ? .serviceUnavailable : .ok, type: Self.json, content: snapshot.version)
    self.isStarting = isStarting
  }

  private mutating func statusResponse(_ code: HTTPStatus, sendsContent: Bool = true) -> HTTPResponse {
    HTTPResponse(
      code, type: Self.json, fields: ["ETag: \"\(statusText.etag)\"", "Cache-Control: no-cache"],
      content: statusText.json, sendsContent: sendsContent)
  }

  /// Returns the page.
  ///
  /// - Parameter refresh: the seconds after which the browser reloads it; nil if it does not.
  mutating func page(refresh: Int?) -> HTTPResponse { refresh == nil ? plainPage : pageResponse(refresh: refresh) }

  private mutating func pageResponse(refresh: Int?) -> HTTPResponse {
    HTTPResponse(
      isStarting ? .serviceUnavailable : .ok, type: "text/html; charset=utf-8", fields: Self.pageFields,
      content: pageText.bytes(refresh: refresh))
  }

  private static let pageFields = [
    "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
      + "form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options: nosniff", "Referrer-Policy: no-referrer", "Cache-Control: no-cache",
  ]
}
