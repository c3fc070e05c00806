/// A status code that this server sends.
package enum HTTPStatus: UInt16, Hashable, Sendable, CaseIterable {
  case ok = 200
  case notModified = 304
  case badRequest = 400
  case notFound = 404
  case methodNotAllowed = 405
  case requestTimeout = 408
  case contentTooLarge = 413
  case uriTooLong = 414
  case expectationFailed = 417
  case fieldsTooLarge = 431
  case notImplemented = 501
  case serviceUnavailable = 503
  case versionNotSupported = 505

  /// The reason phrase of the status line.
  package var phrase: String {
    switch self {
    case .ok: "OK"
    case .notModified: "Not Modified"
    case .badRequest: "Bad Request"
    case .notFound: "Not Found"
    case .methodNotAllowed: "Method Not Allowed"
    case .requestTimeout: "Request Timeout"
    case .contentTooLarge: "Content Too Large"
    case .uriTooLong: "URI Too Long"
    case .expectationFailed: "Expectation Failed"
    case .fieldsTooLarge: "Request Header Fields Too Large"
    case .notImplemented: "Not Implemented"
    case .serviceUnavailable: "Service Unavailable"
    case .versionNotSupported: "HTTP Version Not Supported"
    }
  }

  /// The position in `allCases`.
  package var ordinal: Int {
    switch self {
    case .ok: 0
    case .notModified: 1
    case .badRequest: 2
    case .notFound: 3
    case .methodNotAllowed: 4
    case .requestTimeout: 5
    case .contentTooLarge: 6
    case .uriTooLong: 7
    case .expectationFailed: 8
    case .fieldsTooLarge: 9
    case .notImplemented: 10
    case .serviceUnavailable: 11
    case .versionNotSupported: 12
    }
  }
}
