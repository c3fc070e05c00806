import Testing

@testable import sctp_agent

@Suite struct TextLayoutTests {
  @Test func `text is broken between words, at 80 columns`() {
    let lines = TextLayout.wrapped(Array(repeating: "word", count: 40).joined(separator: " "), indent: 4)
    #expect(lines.count == 3)
    #expect(lines.allSatisfy { $0.hasPrefix("    word") && $0.count <= 80 })
  }

  @Test func `a word that is longer than a line stays whole`() {
    let path = "/" + String(repeating: "x", count: 100)
    #expect(TextLayout.wrapped("see \(path) there") == ["see", path, "there"])
  }

  @Test func `a command is broken so that it can be pasted, and never within quotes`() {
    let quoted = "'" + Array(repeating: "a b", count: 15).joined(separator: " ") + "'"
    let lines = TextLayout.wrappedCommand("sed -i \(quoted) \(quoted) a.conf")
    #expect(lines == ["sed -i \(quoted) \\", "\(quoted) a.conf"])
  }

  @Test func `the comment of a long command has a line of its own, which no backslash joins`() {
    let sed = "sed -i '3s/^/# /' /etc/modprobe.d/cis-hardening.conf"
    #expect(
      TextLayout.remedy("\(sed)   # or: sctp-agent apply --unblock all", after: "remedy:", indent: 2)
        == ["  remedy: \(sed)", "  # or: sctp-agent apply --unblock all"])
    #expect(TextLayout.remedy("depmod -a   # it's quick", after: "→", indent: 4) == ["    → depmod -a   # it's quick"])
  }

  @Test func `a remedy that is a sentence has no backslash, and an apostrophe opens no quotes in it`() {
    let lines = TextLayout.remedy(
      "Flatcar's image brings its modules: update it (update_engine_client -update), then reboot", after: "→", indent: 4
    )
    #expect(
      lines == [
        "    → Flatcar's image brings its modules: update it (update_engine_client", "    -update), then reboot",
      ])
  }
}
