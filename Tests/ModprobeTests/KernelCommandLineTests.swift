import Modprobe
import Testing

@Suite struct KernelCommandLineTests {
  private func shown(_ commandLine: [UInt8]) -> [String] {
    let configuration = ModprobeConfiguration(dropIns: .modprobe([]), commandLine: KernelCommandLine(commandLine))
    return configuration.showConfigEntries().map(\.text)
  }

  // What kmod 30 shows for each.
  @Test(
    arguments: [
      ("quiet rw root=/dev/sda1 a.b.c=1", []),
      ("mod.foo mod.bar=1\n", ["options mod foo", "options mod bar=1"]),
      ("m.p=1.5G", ["options m p=1.5G"]),
      ("x-y.z-w=1", ["options x_y z-w=1"]),
      ("[a-b]-c.y=3 x].y=2", ["options [a-b]_c y=3"]),
      ("m.p=\"a b\" n.q=1", ["options m p=\"a b\"", "options n q=1"]),
      ("\"m.p=a b\" n.q=1", ["options m p=\"a b\"", "options n q=1"]),
      ("m.\"p q\" n.q=1", ["options n q=1"]),
      ("\"m.p\" n.q=1", ["options n q=1"]),
      ("mm\"n.o=1 rest.r=1", []),
      ("m.p=\"open n.q=1", []),
      ("dev[14:00.5]=A:00 m.p", ["options m p"]),
      ("modprobe.blacklist=x-y,,z", ["blacklist x-y", "blacklist ", "blacklist z"]),
      ("\"modprobe.blacklist=p q,r\"", ["blacklist \"p q", "blacklist r\""]),
      ("modprobe.blacklist", ["options modprobe blacklist"]),
    ] as [(String, [String])])
  func kmodTakesOptionsAndBlacklists(line: String, expected: [String]) {
    #expect(shown(Array(line.utf8)) == expected)
  }

  @Test func kmodReadsNoFurtherThanItsBuffer() {
    let padding = [UInt8](repeating: UInt8(ascii: "x"), count: 4088) + Array(" a.b=".utf8)
    #expect(shown(padding + Array("12345".utf8)) == ["options a b=12"])
  }

  @Test func blacklistNamesWithADashNeverMatch() {
    let line = KernelCommandLine(Array("modprobe.blacklist=sctp,nf-x,,y module_blacklist=a,b-c,sctp".utf8))
    #expect(line.modprobeBlacklist == [ModuleName("sctp"), ModuleName("y")])
    #expect(line.moduleBlacklist == [ModuleName("a"), ModuleName("sctp")])
  }

  @Test func aBlacklistRuleNamesItsSource() {
    let configuration = ModprobeConfiguration(
      dropIns: .modprobe([]), commandLine: KernelCommandLine(Array("quiet modprobe.blacklist=a,sctp rw".utf8)))
    let rules = configuration.blacklistRules(of: ModuleName("sctp"))
    #expect(rules.map(\.location.description) == ["kernel command line"])
    #expect(rules.map(\.text) == ["modprobe.blacklist=a,sctp"])
    #expect(configuration.blacklistRules(of: ModuleName("nf_x")).isEmpty)
  }

  @Test(
    arguments: [
      ("module_blacklist=a,b", ["a", "b"]),
      ("module-blacklist=a", ["a"]),
      ("module_blacklist=a module_blacklist=b", ["b"]),
      ("module_blacklist=\"a,b\"", ["a", "b"]),
      ("\"module_blacklist=a\"", ["a"]),
      ("quiet -- module_blacklist=a", []),
      ("rd.module_blacklist=a", []),
    ] as [(String, [String])])
  func theKernelRefusesTheLastList(line: String, expected: [String]) {
    #expect(KernelCommandLine(Array(line.utf8)).moduleBlacklist == expected.map { ModuleName($0) })
  }

  @Test(
    arguments: [
      ("nomodule", "nomodule"), ("nomodule=1 quiet", "nomodule=1"), ("nomodule=0", nil), ("nomodule nomodule=n", nil),
      ("nomodules", nil), ("quiet -- nomodule", nil),
      ("sysctl.kernel.modules_disabled=1", "sysctl.kernel.modules_disabled=1"),
      ("sysctl/kernel.modules_disabled=1", "sysctl/kernel.modules_disabled=1"),
      ("sysctl.kernel.modules_disabled=2", nil), ("sysctl.kernel.modules_disabled=0", nil),
      ("sysctlx.kernel.modules_disabled=1", nil), ("sysctl.kernel.modules_disabled", nil),
    ] as [(String, String?)])
  func `nomodule keeps every module out from the start`(line: String, word: String?) {
    #expect(KernelCommandLine(Array(line.utf8)).modulesDisabledWord == word)
  }

  @Test func `every initcall_blacklist counts`() {
    let line = KernelCommandLine(
      Array("initcall_blacklist=a,sctp_init initcall-blacklist=b -- initcall_blacklist=c".utf8))
    #expect(line.initcallBlacklist.map(\.function) == ["a", "sctp_init", "b"])
    #expect(line.initcallBlacklist.map(\.word).last == "initcall-blacklist=b")
  }

  @Test(
    arguments: [
      ("\"sctp.x=a b\"", [], ["options sctp x=\"a b\""]), ("sctp.x=\"a b\"", ["options sctp x=\"a b\""], nil),
      ("a.b.c=1", ["options a b.c=1"], []),
      ("a.b=1\tc.d=2", ["options a b=1 c.d=2"], ["options a b=1", "options c d=2"]),
      ("modprobe.blacklist=a,b", ["blacklist a", "blacklist b"], nil),
      ("x.y=1\nz.w=2", ["options x y=1"], ["options x y=1", "options z w=2"]),
    ] as [(String, [String], [String]?)])
  func `kmod 28 splits the line in a way of its own`(line: String, before: [String], since29: [String]?) {
    func shown(_ kmod: Int) -> [String] {
      ModprobeConfiguration(
        dropIns: .modprobe([]), commandLine: KernelCommandLine(Array(line.utf8)), kmod: KmodVersion(kmod)
      ).showConfigEntries().map(\.text)
    }
    #expect(shown(28) == before)
    #expect(shown(29) == since29 ?? before)
  }

  // What systemd-modules-load 252 tries for each.
  @Test(
    arguments: [
      ("modules_load=a,b,,a modules-load=c rd.modules_load=d", ["a", "b", "c"]),
      ("modules_load=\"e f,g\" \"modules_load=h\" modules_load=i\\,j", ["e f", "g", "h", "i\\", "j"]),
      ("'modules_load=x y' modules_load= modules_load", ["x y"]),
      ("quiet -- modules_load=after modules_load=\"open q,r s", ["after", "open q", "r s"]),
      ("modules_load=p\"q\"r modules_load=a-b,\"c\"", ["pqr", "a_b", "c"]),
    ] as [(String, [String])])
  func systemdLoadsTheseFirst(line: String, expected: [String]) {
    #expect(KernelCommandLine(Array(line.utf8)).modulesLoad.map(\.rawValue) == expected)
  }

  @Test(
    arguments: [
      ("module.sig_enforce", true), ("module.sig_enforce=1", true), ("module.sig-enforce=Y", true),
      ("module.sig_enforce=on", true), ("module.sig_enforce=0", false), ("module.sig_enforce=off", false),
      ("quiet", false),
    ])
  func signaturesAreEnforced(line: String, isEnforced: Bool) {
    #expect(KernelCommandLine(Array(line.utf8)).enforcesSignatures == isEnforced)
  }

  @Test(
    arguments: [
      ("lockdown=integrity", "integrity"), ("lockdown=confidentiality lockdown=integrity", "confidentiality"),
      ("lockdown=none", nil), ("quiet", nil),
    ])
  func lockdownIsTheStrictest(line: String, expected: String?) {
    #expect(KernelCommandLine(Array(line.utf8)).lockdown == expected)
  }

  @Test func ipv6CanBeDisabled() {
    #expect(KernelCommandLine(Array("ipv6.disable=1".utf8)).isIPv6Disabled)
    #expect(!KernelCommandLine(Array("ipv6.disable=0".utf8)).isIPv6Disabled)
    #expect(!KernelCommandLine(Array("ipv6.disable_ipv6=1".utf8)).isIPv6Disabled)
  }

  @Test func theWordsAboutModulesAreKeptAsWritten() {
    let line = KernelCommandLine(
      Array(
        "quiet module-blacklist=a,b root=/x modprobe.blacklist=c sysctl.kernel.modules_disabled=1 -- lockdown=x".utf8))
    #expect(
      line.moduleWords == ["module-blacklist=a,b", "modprobe.blacklist=c", "sysctl.kernel.modules_disabled=1"])
    #expect(line.moduleBlacklistWord == "module-blacklist=a,b")
    #expect(line.modulesDisabledWord != nil)
  }
}
