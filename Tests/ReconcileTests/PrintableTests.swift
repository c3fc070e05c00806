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
}
