import Glibc
import Modprobe
import Testing

/// How long this thread has run so far.
private func processorSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

@Suite struct ModprobeConfigurationTests {
  private func configuration(
    _ files: [(String, String)], softdep: String? = nil, weakdep: String? = nil, commandLine: String = ""
  ) -> ModprobeConfiguration {
    ModprobeConfiguration(
      dropIns: .modprobe([files.map { DropIn(path: "/etc/modprobe.d/\($0.0)", contents: Array($0.1.utf8)) }]),
      softdepIndex: softdep.map { Array($0.utf8) }, weakdepIndex: weakdep.map { Array($0.utf8) },
      commandLine: KernelCommandLine(Array(commandLine.utf8)))
  }

  private func shown(_ configuration: ModprobeConfiguration) -> [String] {
    String(decoding: configuration.showConfig(), as: UTF8.self).split(separator: "\n").map(String.init)
  }

  @Test func blacklistIsAUnion() {
    let configuration = configuration(
      [("b.conf", "blacklist sctp\n"), ("a.conf", "# x\nblacklist sctp\nblacklist sctp_diag\nblacklist s*\n")],
      commandLine: "modprobe.blacklist=sctp")
    #expect(
      configuration.blacklistRules(of: ModuleName("sctp")).map(\.location.description)
        == ["/etc/modprobe.d/a.conf:2", "/etc/modprobe.d/b.conf:1", "kernel command line"])
  }

  @Test func theFirstInstallLineIsFirst() {
    let configuration = configuration([
      ("b.conf", "install sctp /bin/true\n"), ("a.conf", "install sct? /bin/false\ninstall s[!c]tp x\n"),
      ("c.conf", "install s[a-d]* y\n"),
    ])
    #expect(
      configuration.installRules(matching: ModuleName("sctp")).map(\.text)
        == ["install sct? /bin/false", "install sctp /bin/true", "install s[a-d]* y"])
  }

  @Test(
    arguments: [
      ("net-pf-2-proto-132", true), ("net_pf_2_proto_132", true), ("net-pf-10-proto-132", true),
      ("net-pf-2-proto-6", false), ("sctp", false),
    ])
  func aliasMatchesARequest(request: String, matches: Bool) {
    let configuration = configuration([("a.conf", "alias net-pf-*-proto-132 off\n")])
    #expect(configuration.aliasRules(matching: request).count == (matches ? 1 : 0))
  }

  @Test func theFirstSoftdepLineCounts() {
    let configuration = configuration([
      ("a.conf", "softdep sct* pre: a post: b c\n"), ("b.conf", "softdep sctp pre: d\n"),
    ])
    let dependencies = configuration.softdeps(of: ModuleName("sctp"))
    #expect(dependencies.pre == [ModuleName("a")])
    #expect(dependencies.post == [ModuleName("b"), ModuleName("c")])
    #expect(configuration.hasSoftdep(ModuleName("sctp")))
    #expect(!configuration.hasSoftdep(ModuleName("other")))
  }

  @Test(
    arguments: [
      ("softdep sctp pre: here", true), ("softdep sctp post: here", true), ("softdep sctp pre: gone", false),
      ("softdep sctp pre: gone here", true), ("softdep sctp pre: gone\nalias gone off", true),
      ("softdep sctp pre: gone\ninstall gone x", true), ("softdep sctp pre: gone\ninstall gon? x", false),
      ("softdep sctp pre: gone\nremove gone x", true),
      ("softdep sctp pre: gone\nblacklist gone\noptions gone a", false),
      ("softdep sctp pre: a go-ne z\nalias go_* off", true), ("softdep sctp pre: a go_ne z\nalias go-ne off", true),
      ("softdep sctp pre: a gone z\nalias *ne off", true), ("softdep sctp pre: a gone z\nalias g?*e off", true),
      ("softdep sctp pre: a gone z\nalias g*x off\nalias *x*e off\nalias h* off", false),
      ("softdep sctp pre: a gone z\nalias gon[a-e] off", true), ("softdep sctp pre: a gone z\nalias *[x] off", false),
      ("softdep sctp pre: a gone z\nalias go\\ne off", true),
      ("softdep sctp pre: gone\nalias gon off\nalias gonee off", false),
      ("softdep sctp", false), ("", false),
    ])
  func aSoftdepCountsWhereItLeadsSomewhere(text: String, expected: Bool) {
    let configuration = configuration([("a.conf", text)])
    #expect(configuration.hasSoftdep(ModuleName("sctp"), isInTree: { $0 == ModuleName("here") }) == expected)
  }

  /// Processor time of the thread, so that a busy machine does not count.
  @Test(arguments: ["alias other-%d off", "alias m*%dx off", "alias m%d?x off", "alias *%dx off", "install other%d x"])
  func `thousands of softdeps and thousands of aliases are compared in a moment`(alias: String) {
    let count = 8000
    let names = (0..<count).map { "m\($0)" }.joined(separator: " ")
    let aliases = (0..<count).map { alias.replacing("%d", with: String($0)) }.joined(separator: "\n")
    let configuration = configuration([("a.conf", "softdep sctp pre: \(names)\n\(aliases)\n")])
    let before = processorSeconds()
    #expect(!configuration.hasSoftdep(ModuleName("sctp"), isInTree: { _ in false }))
    #expect(processorSeconds() - before < 5)
  }

  @Test(
    arguments: [
      ("install net-pf-2-proto-132 /bin/true", true), ("remove net_pf_2_proto_132 x", true),
      ("install net-pf-* /bin/true", false), ("install sctp /bin/true", false), ("blacklist net-pf-2-proto-132", false),
    ])
  func aCommandTakesARequestOfItsName(text: String, expected: Bool) {
    let configuration = configuration([("a.conf", text)])
    #expect((configuration.commandRule(named: "net-pf-2-proto-132") != nil) == expected)
  }

  @Test func optionsOfTheKernelCommandLineComeLast() {
    let configuration = configuration(
      [("a.conf", "options sctp a=1\noptions s* b=2\noptions sctp c=3\n")], commandLine: "sctp.d=4 sctp.e")
    #expect(
      configuration.rules.map(\.directive) == [
        .options(module: ModuleName("sctp"), parameters: "a=1"),
        .options(module: ModuleName("s*"), parameters: "b=2"),
        .options(module: ModuleName("sctp"), parameters: "c=3"),
        .options(module: ModuleName("sctp"), parameters: "d=4"),
        .options(module: ModuleName("sctp"), parameters: "e"),
      ])
  }

  @Test func theTreesOwnFilesAreReadByTheirNames() {
    let configuration = configuration(
      [("a.conf", "softdep a pre: x\n"), ("modules.t.conf", "softdep d pre: x\n"), ("z.conf", "softdep e pre: x\n")],
      softdep: "softdep b pre: x\n", weakdep: "weakdep c x\n")
    #expect(
      configuration.rules.map(\.text) == [
        "softdep a pre: x", "softdep b pre: x", "softdep d pre: x", "weakdep c x", "softdep e pre: x",
      ])
  }

  @Test func showsByKindThenInReadingOrder() {
    let configuration = configuration(
      [
        (
          "a.conf",
          """
          softdep m-a  x pre: p-a q post: r
          softdep m
          options o-p\ta=b\tc
          alias x-y z-w
          remove r-m  cmd\tx
          install i-n cmd - x
          weakdep a b
          blacklist b-l
          """
        ), ("b.conf", "blacklist second\nsoftdep m b\n"),
      ], commandLine: "modprobe.blacklist=c-d,e o.p=1")
    #expect(
      shown(configuration) == [
        "blacklist b_l", "blacklist second", "blacklist c-d", "blacklist e", "install i_n cmd - x",
        "remove r_m  cmd\tx", "alias x_y z_w", "options o_p a=b c", "options o p=1",
        "softdep m_a pre: p-a q post: r", "softdep m ", "weakdep a b",
      ])
    #expect(configuration.showConfigEntries().map(\.text) == shown(configuration))
    #expect(configuration.showConfigEntries()[0].location.description == "/etc/modprobe.d/a.conf:8")
  }

  @Test func skippedLinesAreKept() {
    let configuration = configuration([("a.conf", "what\n"), ("b.conf", "\nfoo bar\n")])
    #expect(
      configuration.skipped.map(\.location.description) == ["/etc/modprobe.d/a.conf:1", "/etc/modprobe.d/b.conf:2"])
  }
}
