import StatusServer
import Testing

@Suite struct HTTPBodyTests {
  /// The end of the content, reading `step` bytes more at a time; nil: it has not come.
  private static func end(_ framing: HTTPRequest.Framing, _ text: String, step: Int) throws(HTTPRefusal) -> Int? {
    var body = try HTTPBody(framing)
    let bytes = Array(text.utf8)
    var start = 0
    var end = 0
    repeat {
      end = min(bytes.count, end + step)
      switch body.consume(bytes.span.extracting(start..<end)) {
      case .needsMore(let consumed): start += consumed
      case .complete(let consumed): return start + consumed
      case .refused(let refusal): throw refusal
      }
    } while end < bytes.count
    return nil
  }

  @Test(arguments: [
    "0\r\n\r\n", "000\r\n\r\n", "5\r\nhello\r\n0\r\n\r\n", "A\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n",
    "5;a\r\nhello\r\n0;b=c\r\n\r\n", "5 ; a = \"b;\\\"c\" ;d\r\nhello\r\n0\r\n\r\n", "0\r\nX: y\r\nZ:\r\n\r\n",
    "00000000000000000005\r\nhello\r\n0\r\n\r\n",
  ])
  func readsChunksToTheirEnd(text: String) throws {
    for step in [1, 2, 3, 1000] {
      #expect(try Self.end(.chunked, text + "GET", step: step) == text.utf8.count)
    }
  }

  @Test(arguments: [
    "\r\n", "5\nhello\r\n", "5\r\nhelloX\r\n", "5\r\nhello\n\r\n", "-5\r\nhello\r\n", "+5\r\n", "0x5\r\n",
    "5 \r\nhello\r\n",
    " 5\r\n", "5_0\r\n", "5;\r\nhello\r\n", "5;a=\r\n", "5;a=\"b\r\n", "5;a b\r\n", "5;a=\"\u{1}\"\r\n", "g\r\n",
    "5\r\r;\r\n", "0\r\nX : y\r\n\r\n", "0\r\n folded\r\n\r\n", "0\r\nX: \0\r\n\r\n", "5\r\nhello\r\n0\r\n\n",
  ])
  func refusesMalformedChunks(text: String) {
    for step in [1, 2, 3, 1000] {
      #expect(throws: HTTPRefusal.self) { try Self.end(.chunked, text, step: step) }
    }
  }

  @Test func contentBeyondTheLimitIsRefused() throws {
    #expect(throws: HTTPRefusal.contentTooLarge) { try HTTPBody(.length(65537)) }
    #expect(throws: HTTPRefusal.contentTooLarge) { try HTTPBody(.length(.max)) }
    #expect(throws: HTTPRefusal.contentTooLarge) { try Self.end(.chunked, "10001\r\n", step: 100) }
    #expect(throws: HTTPRefusal.contentTooLarge) { try Self.end(.chunked, "ffffffffffffffffffffff\r\n", step: 100) }
    let half = "8000\r\n" + String(repeating: "a", count: 0x8000) + "\r\n"
    #expect(try Self.end(.chunked, half + half + "0\r\n\r\n", step: 4096) == 2 * half.utf8.count + 5)
    #expect(throws: HTTPRefusal.contentTooLarge) { try Self.end(.chunked, half + half + "1\r\n", step: 4096) }
  }

  @Test func linesWithoutAnEndAreRefused() {
    #expect(throws: HTTPRefusal.chunk) {
      try Self.end(.chunked, "1;a=" + String(repeating: "b", count: 2000), step: 100)
    }
    #expect(throws: HTTPRefusal.fieldsTooLarge) {
      try Self.end(.chunked, "0\r\n" + String(repeating: "X: y\r\n", count: 2000), step: 100)
    }
  }

  @Test func aLengthIsCounted() throws {
    #expect(try Self.end(.length(5), "helloGET", step: 1) == 5)
    #expect(try Self.end(.length(5), "hell", step: 2) == nil)
    #expect(try Self.end(.none, "GET", step: 3) == 0)
  }
}
