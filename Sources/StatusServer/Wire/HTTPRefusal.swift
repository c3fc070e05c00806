/// The reason for which a request is refused before its path matters.
///
/// The connection closes after a refusal, because the start of the next request is no longer certain.
package enum HTTPRefusal: UInt8, Error, Hashable, Sendable, CaseIterable {
  case lineEnding
  case requestLine
  case target
  case version
  case requestLineTooLong
  case fieldName
  case fieldValue
  case folding
  case fieldsTooLarge
  case host
  case contentLength
  case ambiguousLength
  case transferCoding
  case expectation
  case chunk
  case contentTooLarge
  case timeout

  package var status: HTTPStatus {
    switch self {
    case .lineEnding, .requestLine, .target, .fieldName, .fieldValue, .folding, .host, .contentLength,
      .ambiguousLength, .chunk:
      .badRequest
    case .version: .versionNotSupported
    case .requestLineTooLong: .uriTooLong
    case .fieldsTooLarge: .fieldsTooLarge
    case .transferCoding: .notImplemented
    case .expectation: .expectationFailed
    case .contentTooLarge: .contentTooLarge
    case .timeout: .requestTimeout
    }
  }

  /// One sentence without quotation marks, backslashes and control characters.
  package var message: String {
    switch self {
    case .lineEnding: "a line does not end in CR LF"
    case .requestLine: "the request line is not 'METHOD TARGET HTTP/1.1'"
    case .target: "the request target is neither an absolute path nor an http URI"
    case .version: "the protocol version is not supported; use HTTP/1.1 or HTTP/1.0"
    case .requestLineTooLong: "the request line is longer than 8 KiB"
    case .fieldName: "a header field name is empty or has a character that is not allowed"
    case .fieldValue: "a header field value has a control character"
    case .folding: "a header field continues on a second line"
    case .fieldsTooLarge: "the header fields are larger than 8 KiB"
    case .host: "the request needs exactly one valid Host header field"
    case .contentLength: "Content-Length is not a single decimal number"
    case .ambiguousLength: "the length of the request is ambiguous"
    case .transferCoding: "the transfer coding is not supported; use chunked"
    case .expectation: "the expectation is not supported; use 100-continue"
    case .chunk: "the chunked content is malformed"
    case .contentTooLarge: "the content is larger than 64 KiB"
    case .timeout: "the request was not complete in time"
    }
  }
}
