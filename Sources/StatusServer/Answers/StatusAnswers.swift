/// The responses of one snapshot, each made once: most when it is published, the rest at their first request.
struct StatusAnswers {
  let snapshot: PublishedSnapshot
  /// The entity tag with its quotes, as in the header field.
  let etag: [UInt8]
  let status: HTTPResponse
  /// The answer 304; nil if the node is not Ready: a precondition changes no response but a 2xx (RFC 9110 section
  /// 13.2.1).
  let notModified: HTTPResponse?
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
    let quoted = "\"\(snapshot.etag)\""
    etag = Array(quoted.utf8)
    let fields = ["ETag: \(quoted)", "Cache-Control: no-cache"]
    let code: HTTPStatus = snapshot.ready ? .ok : .serviceUnavailable
    status = HTTPResponse(code, type: Self.json, fields: fields, content: snapshot.status)
    notModified =
      snapshot.ready
      ? HTTPResponse(.notModified, type: Self.json, fields: fields, content: snapshot.status, sendsContent: false)
      : nil
    // As in Kubernetes, a failed check returns the list even without `verbose`.
    readyzVerbose = HTTPResponse(code, type: Self.text, content: snapshot.readyz)
    readyz = snapshot.ready ? HTTPResponse(.ok, type: Self.text, content: Array("ok".utf8)) : readyzVerbose
    version = HTTPResponse(isStarting ? .serviceUnavailable : .ok, type: Self.json, content: snapshot.version)
    self.isStarting = isStarting
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
