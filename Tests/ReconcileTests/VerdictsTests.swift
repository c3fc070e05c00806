import Modprobe
import Testing

@testable import Reconcile

/// Which ways are open: autoload, boot, explicit.
private func open(_ node: NodeState) -> [Bool] {
  let verdicts = Verdicts(module: sctp, node: node)
  return [verdicts.autoload.isOpen, verdicts.boot.isOpen, verdicts.explicit.isOpen]
}

@Test func nothingInTheWayLeavesAllThreeOpen() { #expect(open(.made()) == [true, true, true]) }

@Test(arguments: [
  ("blacklist sctp\n", [false, false, true]),
  ("install sctp /bin/false\n", [false, false, false]),
  ("install sctp /bin/true\n", [false, false, false]),
  ("install udp_tunnel /bin/true\n", [false, false, false]),
  ("blacklist udp_tunnel\n", [true, true, true]),
  ("alias sctp off\n", [true, false, false]),
  ("alias net-pf-2-proto-132 off\n", [false, true, true]),
  ("alias net-pf-2-proto-132 sctp\n", [true, true, true]),
  ("install net-pf-2-proto-132 /bin/true\n", [false, true, true]),
  ("install net-pf-2-proto-132 /sbin/modprobe sctp\n", [true, true, true]),
  ("install net-pf-* /bin/true\n", [true, true, true]),
  ("remove net-pf-10-proto-132 /bin/true\n", [false, true, true]),
  ("blacklist sctp_diag\nblacklist nf_conntrack_proto_sctp\n", [true, true, true]),
  ("install sctp /bin/false\nsoftdep sctp pre: udp_tunnel\n", [true, true, true]),
  ("install sctp /bin/false\nsoftdep sctp pre: nowhere\n", [false, false, false]),
])
func modprobeRulesStopTheWaysThatObeyThem(rules: String, ways: [Bool]) {
  #expect(open(.made(["/etc/modprobe.d/x.conf": rules])) == ways)
}

@Test func theFirstInstallLineWins() {
  let node = NodeState.made([
    "/etc/modprobe.d/a.conf": "\ninstall sctp /bin/false\n", "/etc/modprobe.d/b.conf": "install sctp /bin/true\n",
  ])
  let blockers = Verdicts(module: sctp, node: node).explicit.blockedBy
  #expect(blockers.map(\.location.description) == ["/etc/modprobe.d/a.conf:2", "/etc/modprobe.d/b.conf:1"])
}

@Test func theKernelCommandLineBlacklistsForThoseWhoObeyBlacklists() {
  let node = NodeState.made(commandLine: "quiet modprobe.blacklist=sctp")
  #expect(open(node) == [false, false, true])
  #expect(Verdicts(module: sctp, node: node).autoload.blockedBy.first?.location == .kernelCommandLine)
}

@Test func moduleBlacklistOnTheCommandLineStopsEverything() {
  #expect(open(.made(commandLine: "module_blacklist=dccp,sctp")) == [false, false, false])
}

@Test func modulesDisabledStopsEverythingThatIsNotLoadedYet() {
  #expect(open(.made(change: { $0.modulesDisabled = true })) == [false, false, false])
  #expect(open(.made(state: .live, change: { $0.modulesDisabled = true })) == [true, true, true])
}

@Test func aMissingCapabilityStopsOnlyThisProcess() {
  #expect(open(.made(change: { $0.mayLoadModules = false })) == [true, true, false])
}

@Test func anEmptyModprobePathTurnsAutoloadOff() {
  #expect(open(.made(change: { $0.modprobePath = "" })) == [false, true, true])
}

@Test func aMissingFileStopsEverything() {
  #expect(open(.made(state: .missing)) == [false, false, false])
}

@Test func anUnsignedModuleIsStoppedByEnforcementAndByLockdown() {
  func unsigned(_ change: (inout KernelState) -> Void) -> NodeState {
    .made(change: change, facts: { $0.signed = false })
  }
  #expect(open(unsigned { $0.enforcesSignatures = true }) == [false, false, false])
  #expect(open(unsigned { $0.lockdown = "integrity" }) == [false, false, false])
  #expect(open(unsigned { $0.lockdown = "none" }) == [true, true, true])
}

@Test func aBuiltInModuleIsOpenWhateverModprobeSays() {
  let node = NodeState.made(["/etc/modprobe.d/x.conf": "blacklist sctp\ninstall sctp /bin/false\n"], state: .builtin)
  #expect(open(node) == [true, true, true])
}

@Test func theBootRequestIsTheLineThatNamesTheModule() {
  let node = NodeState.made(["/etc/modules-load.d/a.conf": "# x\nsctp\n"])
  #expect(Verdicts(module: sctp, node: node).bootRequest?.location.description == "/etc/modules-load.d/a.conf:2")
  #expect(Verdicts(module: sctp, node: .made()).bootRequest == nil)
}

@Test(arguments: [
  (Int32(1), "module_blacklist=sctp", "KernelBlacklisted"), (1, "", "NoCapability"), (129, "", "SignatureRejected"),
  (8, "", "ModuleUnreadable"), (38, "", "NoModuleSupport"), (2, "", "ModuleMissing"),
])
func anErrnoIsExplainedByWhatTheNodeShows(errno: Int32, commandLine: String, reason: String) {
  let failure = LoadFailure(module: sctp, errno: errno)
  #expect(LoadExplanation.blocker(for: failure, node: .made(commandLine: commandLine)).reason == reason)
}
