import StatusServer
import Testing

@Suite struct HTTPRequestParserTests {
  private static func parse(_ text: String) -> HTTPRequestParser.Outcome {
    var parser = HTTPRequestParser()
    let bytes = Array(text.utf8)
    return parser.parse(bytes.span)
  }

  /// Gives the parser one byte more each time.
  private static func parseByteByByte(_ text: String) -> HTTPRequestParser.Outcome {
    var parser = HTTPRequestParser()
    let bytes = Array(text.utf8)
    for count in 1...bytes.count {
      let outcome = parser.parse(bytes.span.extracting(..<count))
      if outcome != .needsMore { return outcome }
    }
    return .needsMore
  }

  static let refused: [(String, HTTPRefusal)] = [
    // The request line.
    ("GET\r\n\r\n", .requestLine),
    ("GET /\r\n\r\n", .requestLine),
    ("GET  / HTTP/1.1\r\nHost: a\r\n\r\n", .requestLine),
    ("GET /  HTTP/1.1\r\nHost: a\r\n\r\n", .requestLine),
    ("GET / HTTP/1.1 \r\nHost: a\r\n\r\n", .requestLine),
    ("GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", .requestLine),
    (" GET / HTTP/1.1\r\nHost: a\r\n\r\n", .requestLine),
    ("G@T / HTTP/1.1\r\nHost: a\r\n\r\n", .requestLine),
    ("GET\0 / HTTP/1.1\r\nHost: a\r\n\r\n", .requestLine),
    ("GET / http/1.1\r\nHost: a\r\n\r\n", .requestLine),
    ("GET / HTTP/1\r\nHost: a\r\n\r\n", .requestLine),
    ("GET / HTTP/11.1\r\nHost: a\r\n\r\n", .requestLine),
    ("GET / HTTP/1.x\r\nHost: a\r\n\r\n", .requestLine),
    ("GET / RTSP/1.0\r\n\r\n", .requestLine),
    ("GET /\u{e9} HTTP/1.1\r\nHost: a\r\n\r\n", .requestLine),
    ("GET /\u{7f} HTTP/1.1\r\nHost: a\r\n\r\n", .requestLine),
    ("GET / HTTP/2.0\r\nHost: a\r\n\r\n", .version),
    ("GET / HTTP/0.9\r\n\r\n", .version),
    ("PRI * HTTP/2.0\r\n\r\n", .version),
    // The target.
    ("GET status HTTP/1.1\r\nHost: a\r\n\r\n", .target),
    ("GET * HTTP/1.1\r\nHost: a\r\n\r\n", .target),
    ("GET /a%2 HTTP/1.1\r\nHost: a\r\n\r\n", .target),
    ("GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n", .target),
    ("GET a:80 HTTP/1.1\r\nHost: a\r\n\r\n", .target),
    ("GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n", .target),
    ("GET http:///x HTTP/1.1\r\nHost: a\r\n\r\n", .target),
    ("GET http://a b/ HTTP/1.1\r\nHost: a\r\n\r\n", .requestLine),
    ("CONNECT a HTTP/1.1\r\nHost: a\r\n\r\n", .target),
    ("CONNECT /x HTTP/1.1\r\nHost: a\r\n\r\n", .target),
    // Line endings.
    ("GET / HTTP/1.1\nHost: a\n\n", .lineEnding),
    ("GET / HTTP/1.1\r\nHost: a\n\r\n", .lineEnding),
    ("\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", .lineEnding),
    ("GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n", .lineEnding),
    ("GET / HTTP/1.1\r\nHost: a\r\n\n", .lineEnding),
    // Fields.
    ("GET / HTTP/1.1\r\n Host: a\r\n\r\n", .folding),
    ("GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n\tc\r\n\r\n", .folding),
    ("GET / HTTP/1.1\r\nHost : a\r\n\r\n", .fieldName),
    ("GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n", .fieldName),
    ("GET / HTTP/1.1\r\nHost: a\r\nnocolon\r\n\r\n", .fieldName),
    ("GET / HTTP/1.1\r\nHost: a\r\nX[]: b\r\n\r\n", .fieldName),
    ("GET / HTTP/1.1\r\nHost: a\r\nX\u{e9}: b\r\n\r\n", .fieldName),
    ("GET / HTTP/1.1\r\nHost: a\r\nX: b\0c\r\n\r\n", .fieldValue),
    ("GET / HTTP/1.1\r\nHost: a\r\nX: b\u{7f}\r\n\r\n", .fieldValue),
    ("GET / HTTP/1.1\r\nHost: a\r\nX: b\u{0b}c\r\n\r\n", .fieldValue),
    // Host.
    ("GET / HTTP/1.1\r\n\r\n", .host),
    ("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", .host),
    ("GET / HTTP/1.0\r\nHost: a\r\nhost: b\r\n\r\n", .host),
    ("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", .host),
    ("GET / HTTP/1.1\r\nHost: a b\r\n\r\n", .host),
    ("GET / HTTP/1.1\r\nHost: a,b\0\r\n\r\n", .fieldValue),
    ("GET / HTTP/1.1\r\nHost: a:b\r\n\r\n", .host),
    ("GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", .host),
    ("GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", .host),
    ("GET / HTTP/1.1\r\nHost: a%4\r\n\r\n", .host),
    // The length.
    ("GET / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n", .contentLength),
    ("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", .contentLength),
    ("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\n", .contentLength),
    ("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x1\r\n\r\n", .contentLength),
    ("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1 1\r\n\r\n", .contentLength),
    ("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\n", .contentLength),
    ("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n", .contentLength),
    ("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n", .ambiguousLength),
    ("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: x\r\ncontent-length: 5\r\n\r\n", .ambiguousLength),
    ("GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", .ambiguousLength),
    ("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, gzip\r\n\r\n", .ambiguousLength),
    ("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: gzip\r\n\r\n", .ambiguousLength),
    ("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, chunked\r\n\r\n", .ambiguousLength),
    ("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\n\r\n", .ambiguousLength),
    ("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: ,chunked\r\n\r\n", .ambiguousLength),
    ("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", .transferCoding),
    ("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", .transferCoding),
    ("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunkedchunked\r\n\r\n", .transferCoding),
    ("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked;q=1\r\n\r\n", .transferCoding),
    ("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \"chunked\"\r\n\r\n", .transferCoding),
    ("GET / HTTP/1.1\r\nHost: a\r\nExpect: 200-ok\r\n\r\n", .expectation),
    // Sizes.
    ("GET /" + String(repeating: "a", count: 8200) + " HTTP/1.1\r\n", .requestLineTooLong),
    ("GET /" + String(repeating: "a", count: 8192), .requestLineTooLong),
    (String(repeating: "\r\n", count: 5000), .requestLineTooLong),
    ("GET / HTTP/1.1\r\nHost: a\r\nX: " + String(repeating: "a", count: 8192), .fieldsTooLarge),
    ("GET / HTTP/1.1\r\nHost: a\r\n" + String(repeating: "X: a\r\n", count: 1400) + "\r\n", .fieldsTooLarge),
  ]

  @Test(arguments: refused)
  func refusesWhatIsMalformedOrAmbiguous(text: String, refusal: HTTPRefusal) {
    #expect(Self.parse(text) == .refused(refusal))
    #expect(Self.parseByteByByte(text) == .refused(refusal))
  }

  @Test(arguments: [
    "GET / HTTP/1.0\r\n\r\n", "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.9\r\nHost: a\r\n\r\n",
    "GET / HTTP/1.1\r\nHost:\r\n\r\n", "GET / HTTP/1.1\r\nhOsT:\t [::1]:9132 \t\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a_b-c.d~e=f%4A:80\r\n\r\n", "GET / HTTP/1.1\r\nHost: a:\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\nX:\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nX.|~: \u{e9}\t\u{e9}\r\n\r\n",
    "GET / HTTP/1.0\r\nExpect: 200-ok\r\n\r\n", "BREW / HTTP/1.1\r\nHost: a\r\n\r\n",
    "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET HTTPS://u:p@a:1/ HTTP/1.1\r\nHost: b\r\n\r\n", "GET /{}|\"<> HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\nX: " + String(repeating: "a", count: 8174) + "\r\n\r\n",
    "GET /" + String(repeating: "a", count: 8176) + " HTTP/1.1\r\nHost: a\r\n\r\n",
  ])
  func acceptsWhatHasOneMeaning(text: String) {
    guard case .request(let request) = Self.parse(text + "GET") else {
      Issue.record("refused: \(Self.parse(text))")
      return
    }
    #expect(request.length == text.utf8.count)
    #expect(Self.parseByteByByte(text) == .request(request))
  }

  @Test(arguments: [
    ("GET / HTTP/1.1\r\nHost: a\r\n", true), ("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n", false),
    ("GET / HTTP/1.1\r\nHost: a\r\nConnection: x, Close\r\n", false),
    ("GET / HTTP/1.1\r\nHost: a\r\nConnection: x\r\nConnection: close\r\n", false),
    ("GET / HTTP/1.1\r\nHost: a\r\nConnection: closed\r\n", true), ("GET / HTTP/1.0\r\n", false),
    ("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n", true),
    ("GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n", false),
  ])
  func knowsWhetherTheConnectionIsKept(head: String, keeps: Bool) throws {
    let request = try #require(Self.request(head + "\r\n"))
    #expect(request.keepsAlive == keeps)
  }

  @Test(
    arguments: [
      ("", .none), ("Content-Length: 0\r\n", .none), ("Content-Length: 007\r\n", .length(7)),
      ("Content-Length: 99999999999999999999999\r\n", .length(.max)), ("Transfer-Encoding: \tChunked\r\n", .chunked),
    ] as [(String, HTTPRequest.Framing)])
  func knowsWhereTheContentEnds(field: String, framing: HTTPRequest.Framing) throws {
    let request = try #require(Self.request("GET / HTTP/1.1\r\nHost: a\r\n\(field)\r\n"))
    #expect(request.framing == framing)
  }

  @Test(arguments: [
    ("/a?b=c", "/a", "b=c"), ("/a?b?c#d?e", "/a", "b?c"), ("/a#d?e", "/a", ""), ("http://h/a?b", "/a", "b"),
    ("http://h?b", "", "b"), ("http://h", "", ""), ("//a", "//a", ""),
  ])
  func splitsTheTarget(target: String, path: String, query: String) throws {
    let text = Array("GET \(target) HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
    let request = try #require(Self.request(String(decoding: text, as: UTF8.self)))
    #expect(String(decoding: text[request.path], as: UTF8.self) == path)
    #expect(String(decoding: text[request.query], as: UTF8.self) == query)
  }

  private static func request(_ text: String) -> HTTPRequest? {
    if case .request(let request) = parse(text) { request } else { nil }
  }
}
