/// The head of a request, as offsets into its bytes.
package struct HTTPRequest: Hashable, Sendable {
  package enum Method: Hashable, Sendable {
    case get, head, options, connect
    /// Any other method.
    case other
  }

  /// How the end of the content is found (RFC 9112 section 6).
  package enum Framing: Hashable, Sendable {
    case none
    /// A length of at least 1 byte; one that does not fit an Int is `Int.max`.
    case length(Int)
    case chunked
  }

  package var method = Method.other
  /// The path; empty for an absolute URI without one, for `*`, and for the authority of CONNECT.
  package var path = 0..<0
  /// The query without its question mark. A fragment, which no client should send, belongs to neither.
  package var query = 0..<0
  /// The minor version, 0 or 1; a higher one counts as 1.
  package var minorVersion = 1
  /// Whether the client wants the connection to stay open (RFC 9112 section 9.3).
  package var keepsAlive = true
  package var framing = Framing.none
  /// Whether the client waits for `100 Continue` before it sends the content.
  package var expectsContinue = false
  /// The value of the first `If-None-Match`; nil if there is none.
  package var ifNoneMatch: Range<Int>?
  /// The value of the first `Accept`; nil if there is none.
  package var accept: Range<Int>?
  /// The number of bytes up to and including the empty line.
  package var length = 0

  package init() {}
}
