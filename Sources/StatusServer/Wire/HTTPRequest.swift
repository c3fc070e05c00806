/// The head of a request, as offsets into the bytes that it was read from.
package struct HTTPRequest: Hashable, Sendable {
  package enum Method: Hashable, Sendable {
    case get, head, options, connect
    /// Any other token.
    case other
  }

  /// How the end of the content is found (RFC 9112 section 6).
  package enum Framing: Hashable, Sendable {
    case none
    /// At least 1; a length that no Int holds is `Int.max`.
    case length(Int)
    case chunked
  }

  package var method = Method.other
  /// Empty where an absolute URI has no path, and for `*` and the authority of CONNECT.
  package var path = 0..<0
  /// Without the question mark. A fragment, which no client should send, belongs to neither.
  package var query = 0..<0
  /// 0 or 1; a higher minor version counts as 1.
  package var minorVersion = 1
  /// True where the client wants the connection kept (RFC 9112 section 9.3).
  package var keepsAlive = true
  package var framing = Framing.none
  /// True where the client waits for `100 Continue` before it sends the content.
  package var expectsContinue = false
  /// The value of the first `If-None-Match`; nil: none.
  package var ifNoneMatch: Range<Int>?
  /// The value of the first `Accept`; nil: none.
  package var accept: Range<Int>?
  /// The number of bytes up to and with the empty line.
  package var length = 0

  package init() {}
}
