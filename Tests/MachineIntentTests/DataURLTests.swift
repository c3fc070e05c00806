import Testing

@testable import MachineIntent

@Suite struct DataURLTests {
  private func decode(_ text: String) throws -> [UInt8] { try DataURL(Array(text.utf8)[...]).decoded() }

  @Test(arguments: [
    ("data:,", ""), ("data:;base64,", ""), ("data:,sctp", "sctp"), ("data:text/plain;charset=utf-8,sctp", "sctp"),
    ("data:,a%20b%0A", "a b\n"), ("data:,a+b", "a+b"), ("data:;base64,c2N0cA==", "sctp"),
    ("data:;base64,c2N0\ncA==", "sctp"), ("data:text/,x", "x"), ("data:x-a/b,x", "x"), ("data:textual/b,x", "x"),
    ("data:;a=\"q;,\",x", "x"), ("data:;a=\"\";b=%zz,x", "x"), ("data:;a=\"\\x41\",x", "x"),
  ])
  func isDecoded(url: String, data: String) throws {
    #expect(try decode(url) == Array(data.utf8))
    try DataURL(Array(url.utf8)[...]).validate()
  }

  @Test(arguments: [
    "", "data:", "DATA:,x", "http://x", "data:text/plain", "data:,a b", "data:,a#b", "data:,a%2", "data:,%zz",
    "data:,é",
    "data:;base64,c2N0cA", "data:;base64,c2N0cA=", "data:;base64,c2N0cA===", "data:;base64,c2-_", "data:;base64,c 2N0",
    "data:;BASE64,c2N0", "data:;base64;a=b,c2N0", "data:Text/plain,x", "data:x/y,x", "data:;a=,x", "data:;,x",
    "data:;a",
    "data:;a=\"b,x", "data:;a=\"\\q\",x", "data:;a=\"b\"c,x", "data:;a=%4,x", "data:text,x", "data:;base64,c2N0\rcA==",
    "data:,a\tb", "data:,<", "data:,a|b", "data:;a=\"\u{1}\",x",
  ])
  func isRefused(url: String) {
    #expect(throws: DataURL.Failure.self) { try decode(url) }
    #expect(throws: DataURL.Failure.self) { try DataURL(Array(url.utf8)[...]).validate() }
  }
}
