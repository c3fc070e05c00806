import Testing

@testable import MachineIntent

@Suite struct LintTests {
  private static func encoded(_ text: String) -> String { text.utf8.map { "%" + Hex.text([$0]) }.joined() }

  /// A drop-in of this name and contents, on line 11 of the intent.
  private static func lint(_ path: String, _ contents: String) -> [ConfigIssue] {
    IntentReader.lint([
      Intent.document(
        Intent.machineConfig("- {path: \(path), overwrite: true, contents: {source: 'data:,\(encoded(contents))'}}"))
    ])
  }

  @Test(arguments: [
    ("/etc/modprobe.d/a.conf", "options sctp a=1\n  # aside\n", []),
    ("/etc/modprobe.d/a.conf", "blaclist dccp\n", ["directive"]),
    ("/etc/modprobe.d/a.conf", "blacklist\n", ["directive"]),
    ("/etc/modprobe.d/a.conf", "options sctp a=1\r\n", ["crlf"]),
    ("/etc/modprobe.d/a.conf", "\u{FEFF}options sctp a=1\n", ["byte-order-mark", "directive"]),
    ("/etc/modprobe.d/a.conf", "options sctp a=1\u{0}\n", ["non-printing"]),
    ("/etc/modprobe.d/a.conf", "options sctp a=\u{200B}1\n", ["non-printing"]),
    ("/etc/modprobe.d/a.conf", "options sctp\u{A0}a=1\n", ["non-printing", "directive"]),
    ("/etc/modprobe.d/a.conf", "blacklist sctp\n", ["kept-out"]),
    ("/etc/modules-load.d/a.conf", "dccp", []),
    ("/etc/modules-load.d/a.conf", "dccp udp_tunnel\n", ["load-file-words"]),
    ("/etc/modules-load.d/a.conf", "dccp # comment\n", ["load-file-words"]),
    ("/etc/modules-load.d/a.conf", "sctp\n", ["still-blacklisted"]),
    ("/etc/modules-load.d/a.txt", "dccp\n", ["ignored"]),
    ("/etc/crio/crio.conf", "any thing\r\n", []),
    ("/etc/modprobe.d/../a.conf", "", ["path", "ignored"]),
  ])
  func contentsAreReadAsKmodAndSystemdWould(path: String, contents: String, codes: [String]) {
    let issues = Self.lint(path, contents)
    #expect(issues.map(\.code).sorted() == codes.sorted(), "\(issues)")
    #expect(issues.allSatisfy { $0.at.line == 11 })
  }

  @Test func aSlipInADirectiveIsNamed() {
    #expect(Self.lint("/etc/modprobe.d/a.conf", "blacklsit dccp\n").first?.message.contains("'blacklist'?") ?? false)
  }

  private static let documented = BuiltinIntent.document
  private static let compliance = Intent.document(
    Intent.machineConfig(
      "- {path: /etc/modprobe.d/sctp.conf, overwrite: true, "
        + "contents: {source: 'data:,install%20sctp%20/bin/false%0Ablacklist%20sctp%0A'}}", name: "75-compliance"),
    name: "compliance.yaml")

  @Test func theComplianceRuleBesideTheDocumentedObjectIsAnError() {
    let issues = IntentReader.lint([Self.documented, Self.compliance])
    #expect(findings(issues) == ["!11:18 blocked", "!11:18 blocked"])
    // A node's blockers are reported as such; the intent stays valid.
    let reading = IntentReader.read([Self.documented, Self.compliance])
    #expect(reading.state != nil)
    #expect(reading.findings == ["11:18 blocked", "11:18 blocked"])
  }

  @Test func poolsThatShareNoNodeDoNotBlockEachOther() {
    let master = Intent.document(
      String(decoding: Self.compliance.bytes, as: UTF8.self).split(separator: "role: worker").joined(
        separator: "role: master"))
    #expect(findings(IntentReader.lint([Self.documented, master])) == ["11:18 kept-out"])
  }

  @Test func theComplianceRuleAloneKeepsSCTPOut() {
    #expect(findings(IntentReader.lint([Self.compliance])) == ["11:18 kept-out"])
  }

  @Test func kernelArgumentsMayStopAModule() {
    let arguments = Intent.document(
      Intent.machineConfig(
        "- {path: /a}", name: "k",
        spec: "  kernelArguments: [quiet, 'module_blacklist=sctp,x', modprobe.blacklist=sctp]\n"))
    let issues = IntentReader.lint([Self.documented, arguments])
    #expect(findings(issues) == ["!7:28 blocked-by-kernel-arguments", "!7:55 blocked-by-kernel-arguments"])
  }

  @Test func aWorkersNumberDoesNotBeatAPool() {
    func object(_ name: String, _ role: String, _ contents: String) -> IntentDocument {
      Intent.document(
        Intent.machineConfig(
          "- {path: /etc/modprobe.d/a.conf, overwrite: true, contents: {source: 'data:,\(contents)'}}", name: name,
          role: role),
        name: name)
    }
    #expect(
      findings(IntentReader.lint([object("99", "worker", "%23x"), object("10", "infra", "")])) == [
        "11:18 worker-before-pool"
      ])
    for other in [object("10", "infra", "%23x"), object("99-z", "infra", ""), object("10", "master", "")] {
      #expect(
        IntentReader.lint([object("99", "worker", "%23x"), other]).map(\.code).contains("worker-before-pool") == false)
    }
  }

  @Test(arguments: [
    ("- {path: /etc/modprobe.d/a.conf, overwrite: false, contents: {source: 'data:,'}}", ["overwrite"]),
    ("- {path: /etc/modprobe.d/a.conf, append: [{source: 'data:,'}]}", ["append"]),
    (
      "- {path: /etc/modprobe.d/a.conf, contents: {source: \"data:;base64,c2N0\\ncA==\"}}",
      ["data-url-line-break", "directive"]
    ),
  ])
  func whatFailsOnNewOrManagedNodesIsSaid(entry: String, codes: [String]) {
    let issues = IntentReader.lint([Intent.document(Intent.machineConfig(entry))])
    #expect(issues.map(\.code) == codes, "\(issues)")
  }

  @Test func findingsArePrintedForPeopleAndPrograms() throws {
    let issue = ConfigIssue(
      .warning, at: SourceLocation(file: "a.yaml", line: 3, column: 7), code: "crlf", message: "say \"no\"")
    #expect(ConfigIssue.lines([issue]) == "a.yaml:3:7: warning: say \"no\" [crlf]\n")
    let json = try SharedCases.node(Array(ConfigIssue.manifest(of: [issue]).json.utf8))
    #expect(json["warnings"]?.value == .int(1))
    #expect(json["errors"]?.value == .int(0))
    #expect(json["issues"]?.elements.first?["message"]?.text == "say \"no\"")
    #expect(json["issues"]?.elements.first?["column"]?.value == .int(7))
  }

  @Test func everyCodeIsLowerCaseWithDashes() {
    for code in IssueCode.allCases {
      #expect(code.rawValue.utf8.allSatisfy { $0.isLowercaseLetter || $0 == UInt8(ascii: "-") })
    }
  }
}
