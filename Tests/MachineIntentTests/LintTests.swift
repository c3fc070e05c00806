import Modprobe
import NodeTesting
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
    ("/etc/modules-load.d/a.conf", "dccp\r\n", []),
    ("/etc/modules-load.d/a.conf", "dccp\rdccp\u{0}", []),
    ("/etc/modules-load.d/a.conf", "\u{7}\n", ["non-printing", "load-file-words"]),
    ("/etc/modules-load.d/a.conf", "dccp udp_tunnel\n", ["load-file-words"]),
    ("/etc/modules-load.d/a.conf", "dccp # comment\n", ["load-file-words"]),
    ("/etc/modules-load.d/a.conf", "sctp\n", ["still-blacklisted"]),
    ("/etc/modules-load.d/a.txt", "dccp\n", ["ignored"]),
    ("/etc/crio/crio.conf", "any thing\r\n", []),
    ("/etc/modprobe.d/../a.conf", "", ["path", "ignored"]),
  ])
  func contentsAreReadAsKmodAndSystemdWould(path: String, contents: String, codes: [String]) {
    let issues = Self.lint(path, contents)
    #expect(issues.map(\.code.rawValue).sorted() == codes.sorted(), "\(issues)")
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
    #expect(findings(issues) == ["!11:81 blocked", "!11:81 blocked"])
    // A node's blockers are reported as such; the intent stays valid.
    let reading = IntentReader.read([Self.documented, Self.compliance])
    #expect(reading.state != nil)
    #expect(reading.findings == ["11:81 blocked", "11:81 blocked"])
  }

  @Test func poolsThatShareNoNodeDoNotBlockEachOther() {
    let master = Intent.document(
      String(decoding: Self.compliance.bytes, as: UTF8.self).split(separator: "role: worker").joined(
        separator: "role: master"))
    #expect(findings(IntentReader.lint([Self.documented, master])) == ["11:81 kept-out"])
  }

  @Test func theComplianceRuleAloneKeepsSCTPOut() {
    #expect(findings(IntentReader.lint([Self.compliance])) == ["11:81 kept-out"])
  }

  @Test func kernelArgumentsMayStopAModule() {
    let arguments = Intent.document(
      Intent.machineConfig(
        "- {path: /a, contents: {source: 'data:,'}}", name: "k",
        spec: "  kernelArguments: [quiet, 'module_blacklist=sctp,x', modprobe.blacklist=sctp]\n"))
    let issues = IntentReader.lint([Self.documented, arguments])
    #expect(findings(issues) == ["!7:28 blocked-by-kernel-arguments", "!7:55 blocked-by-kernel-arguments"])
  }

  /// Ignition skips the field in versions that do not have it.
  @Test(arguments: [("2.2.0", []), ("3.2.0", []), ("3.3.0", ["!1:72 blocked-by-kernel-arguments"])])
  func ignitionHasKernelArgumentsFromSpec3_3On(version: String, expected: [String]) {
    let config =
      #"{"ignition": {"version": "\#(version)"}, "kernelArguments": {"shouldExist": ["modprobe.blacklist=sctp"]}}"#
    let issues = IntentReader.lint([Self.documented, Intent.document(config)])
    #expect(findings(issues) == expected)
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
      findings(IntentReader.lint([object("z", "worker", "%23x"), object("a", "infra", "")])) == [
        "11:18 worker-before-pool"
      ])
    for other in [object("a", "infra", "%23x"), object("z-z", "infra", ""), object("a", "master", "")] {
      #expect(
        IntentReader.lint([object("z", "worker", "%23x"), other]).map(\.code.rawValue).contains("worker-before-pool")
          == false)
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
    #expect(issues.map(\.code.rawValue) == codes, "\(issues)")
  }

  /// A file of rules beside one that loads sctp; what is said of the rules.
  @Test(
    arguments: [
      ("blacklist sctp", ["blocked"]), ("install sctp /bin/false", ["blocked"]),
      ("install sct? /bin/false", ["blocked"]), ("install * :", ["blocked"]), ("blacklist sct?", []),
      ("install sctp /sbin/modprobe --ignore-install sctp\ninstall sctp /bin/false", []),
      ("install s* /bin/false\ninstall sctp /sbin/modprobe -i sctp", ["blocked"]),
      ("softdep sctp pre: udp_tunnel\ninstall sctp /bin/false", []),
      ("alias sctp off", ["blocked"]), ("alias sctp off\nalias sctp sctp", []),
      ("alias net-pf-*-proto-132 off", ["blocked"]), ("alias net-pf-2-proto-6 off", []),
      ("install net-pf-2-proto-132 /bin/true", ["blocked"]), ("install net-pf-10-proto-132 modprobe sctp", []),
      ("install udp_tunnel /bin/true", ["blocked"]), ("install ip6-udp-tunnel /bin/true", ["blocked"]),
      ("blacklist udp_tunnel", []), ("install sctp_diag /bin/false\nblacklist sctp_diag", []),
      ("install dccp /bin/false", []), ("# blacklist sctp", []), ("blacklist sctp\r", ["non-printing"]),
    ] as [(String, [String])])
  func everyRuleAgainstAWantedModuleIsFoundAndNoOther(rules: String, codes: [String]) {
    let entries =
      "- {path: /etc/modules-load.d/a.conf, contents: {source: 'data:,sctp'}}\n"
      + "- {path: /etc/modprobe.d/sctp-blacklist.conf, contents: {source: 'data:,'}}\n"
      + "- {path: /etc/modprobe.d/b.conf, contents: {source: 'data:,\(Self.encoded(rules))'}}"
    let issues = IntentReader.lint([Intent.document(Intent.machineConfig(entries))])
    #expect(issues.map(\.code.rawValue) == codes, "\(issues)")
    #expect(issues.allSatisfy { $0.at.line == 13 && $0.at.column == 61 })
  }

  @Test(
    arguments: [
      ("[module_blacklist=sctp, module_blacklist=x]", "", []),
      ("[module_blacklist=x, 'module-blacklist=a,sctp']", "", ["7:41"]),
      ("[modprobe.blacklist=sctp, modprobe.blacklist=x]", "", ["7:21"]),
      ("[]", "{shouldExist: [quiet, modprobe.blacklist=sctp]}", ["9:22", "9:44"]),
    ] as [(String, String, [String])])
  func ofSeveralKernelArgumentsThoseThatCountAreNamed(own: String, ignition: String, places: [String]) {
    let text =
      "apiVersion: machineconfiguration.openshift.io/v1\nkind: MachineConfig\nmetadata:\n  name: k\n"
      + "  labels: {machineconfiguration.openshift.io/role: worker}\nspec:\n  kernelArguments: \(own)\n  config:\n"
      + (ignition.isEmpty ? "" : "    kernelArguments: \(ignition)\n") + "    ignition: {version: 3.4.0}\n"
    let issues = IntentReader.lint([Self.documented, Intent.document(text)])
    #expect(issues.map { "\($0.at.line):\($0.at.column)" } == places, "\(issues)")
  }

  @Test func theSourcesOwnEncodingIsJudged() {
    let text = Intent.machineConfig("- {path: /a, contents: {source: 'data:,'}}")
    func places(_ text: String) -> [String] { findings(IntentReader.lint([Intent.document(text)])) }
    #expect(places(text) == [])
    #expect(places("\u{FEFF}" + text) == ["1:1 byte-order-mark"])
    #expect(places("# é\r\n" + text) == ["1:4 crlf"])
    #expect(
      places(Intent.machineConfig("- {path: \"/etc/a\u{200B}.conf\", contents: {source: 'data:,'}}")) == [
        "11:25 non-printing"
      ])
    #expect(
      places(Intent.machineConfig("- {path: \"/etc/a\\x07.conf\", contents: {source: 'data:,'}}")) == [
        "11:18 non-printing"
      ])
  }

  @Test func onlyIgnitionByItselfKeepsAFileUnlessToldOtherwise() {
    func codes(_ path: String, _ fields: String = "") -> [String] {
      let entry = #"{"path": "\#(path)", \#(fields) "contents": {"source": "data:,"}}"#
      let text = #"{"ignition": {"version": "3.2.0"}, "storage": {"files": [\#(entry)]}}"#
      return IntentReader.lint([Intent.document(text)]).map(\.code.rawValue)
    }
    #expect(codes("/etc/modprobe.d/sctp-blacklist.conf") == ["overwrite"])
    #expect(codes("/etc/modprobe.d/sctp-blacklist.conf", #""overwrite": true,"#) == [])
    #expect(codes("/etc/modprobe.d/other.conf") == [])
  }

  @Test func findingsThatAreLeftOutAreSaidToBe() {
    func codes(_ lines: Int, times: Int = 1) -> [String] {
      let keys = (0..<lines).map { "- {path: /f\($0), overwrite: true, contents: {source: 'data:,'}, x: 1}" }.joined(
        separator: "\n")
      let text = Array(repeating: Intent.machineConfig(keys), count: times).joined(separator: "---\n")
      return IntentReader.lint([Intent.document(text)]).map(\.code.rawValue)
    }
    #expect(codes(1000) == Array(repeating: "unknown-key", count: 1000))
    #expect(codes(1002) == Array(repeating: "unknown-key", count: 1000) + ["too-many"])
  }

  /// One finding of every pool.
  @Test func findingsThatAreMadeAgainLeaveRoomForOthers() {
    let lines = String(repeating: "nonsense%0A", count: 20)
    let shared = (0..<30).map { "- {path: /etc/modprobe.d/\($0).conf, contents: {source: 'data:,\(lines)'}}" }
    let pools = (0..<4).map {
      Intent.machineConfig("- {path: /a, contents: {source: 'data:,'}}", name: "p\($0)", role: "r\($0)")
    }
    let texts = [Intent.machineConfig(shared.joined(separator: "\n"))] + pools
    let issues = IntentReader.lint(texts.enumerated().map { Intent.document($1, name: "\($0)") })
    #expect(issues.map(\.code.rawValue) == Array(repeating: "directive", count: 600))
  }

  @Test func manyRolesAreCheckedApartOrRefused() {
    let objects = (0..<40).map { number in
      Intent.document(
        Intent.machineConfig(
          "- {path: /etc/modprobe.d/a.conf, contents: {source: 'data:,'}}", name: "n\(number)",
          role: number == 0 ? "worker" : "r\(number)"))
    }
    #expect(IntentReader.lint(objects) == [])
    var limits = IntentLimits()
    limits.pooledFiles = 79
    #expect(IntentReader.lint(objects, limits: limits).map(\.code.rawValue) == ["too-many"])
  }

  @Test func everyCodeIsDocumented() throws {
    let page = try Repository.text(of: "docs/lint.md")
    for code in IssueCode.allCases { #expect(page.contains("`\(code.rawValue)`"), "\(code.rawValue)") }
  }

  @Test func everyCodeIsLowerCaseWithDashes() {
    for code in IssueCode.allCases {
      #expect(code.rawValue.utf8.allSatisfy { $0.isLowercaseLetter || $0 == UInt8(ascii: "-") })
    }
  }
}
