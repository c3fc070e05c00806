import Reconcile
import Testing

@Suite struct PrintableTests {
  @Test(arguments: [
    ("plain é µ 語 \t tab", "plain é µ 語 \t tab"), ("a\u{1B}[31mb", "a\\x1b[31mb"),
    ("line\nbreak\r", "line\\x0abreak\\x0d"),
    ("\u{0}", "\\x00"), ("\u{9B}31m", "\\x9b31m"), ("\u{202E}gnp", "\\u202egnp"),
    ("a\u{2028}b\u{2029}", "a\\u2028b\\u2029"),
    ("zero\u{200B}\u{FEFF}", "zero\\u200b\\ufeff"), ("tag\u{E0041}", "tag\\U000e0041"), ("a\\x41 \\d", "a\\x41 \\d"),
    ("\u{7F}", "\\x7f"),
  ])
  func `a character that a reader cannot see is written as an escape`(text: String, printable: String) {
    #expect(text.printable == printable)
  }

  @Test func `unambiguous texts differ where the originals do`() {
    let texts = ["\u{1B}", "\\x1b", "\\x5cx1b", "\\\\x1b", "\\\u{1B}", "\\u001b", "\\", "\\d", "x1b"]
    #expect(Set(texts.map(\.unambiguouslyPrintable)).count == texts.count)
    #expect("C:\\dir".unambiguouslyPrintable == "C:\\dir")
  }

  @Test func `lines stay lines`() {
    #expect("a\u{1B}\n\r\n\tb".printableLines == "a\\x1b\n\\x0d\n\tb")
  }

  @Test func `JSON means the same without hidden characters`() {
    let text = "é \u{7F}\u{9B}\u{202E}\u{2028}\u{FEFF}\u{E0041} 語 😀"
    let json = Array("[\"\(text)\"]\n".utf8)
    let printable = String(decoding: json.printableJSON, as: UTF8.self)
    #expect(printable == #"["é \u007f\u009b\u202e\u2028\ufeff\udb40\udc41 語 😀"]"# + "\n")
    #expect(Array("[\"plain\"]\n".utf8).printableJSON == Array("[\"plain\"]\n".utf8))
  }
}
