import MachineIntent
import Modprobe
import Testing

@testable import Reconcile

/// The switches of the kernel and the rules of modprobe.d that only show when a module is loaded.
@Suite struct KernelSwitchTests {
  private func verdicts(_ node: NodeState) -> LoadVerdicts { LoadVerdicts(module: sctp, node: node) }

  private func open(_ node: NodeState) -> [Bool] {
    let verdicts = verdicts(node)
    return [verdicts.autoload.isOpen, verdicts.boot.isOpen, verdicts.explicit.isOpen]
  }

  private let none = [false, false, false]
  private let all = [true, true, true]

  @Test(arguments: ["initcall_blacklist=sctp_init", "initcall_blacklist=x,udp_tunnel_nic_init_module"])
  func `a denied init function closes every way`(commandLine: String) {
    let node = NodeState.made(commandLine: commandLine)
    #expect(open(node) == none)
    let blocker = verdicts(node).explicit.blockedBy.first
    #expect(blocker?.reason == .initcallBlacklisted)
    #expect(blocker?.location == .kernelCommandLine)
    #expect(blocker?.text == commandLine)
  }

  @Test(arguments: [
    "initcall_blacklist=sctp", "initcall_blacklist=sctp_diag_init", "initcall_blacklist=ip6_udp_tunnel_init",
    "quiet -- initcall_blacklist=sctp_init",
  ])
  func `the init function of another module closes nothing`(commandLine: String) {
    #expect(open(.made(commandLine: commandLine)) == all)
  }

  @Test func `the module's own symbol table decides if it can be read`() {
    let denied = "initcall_blacklist=init_sctp_here"
    #expect(open(.made(commandLine: denied, facts: { $0.initFunction = .named("init_sctp_here") })) == none)
    #expect(open(.made(commandLine: denied)) == all)
    let usual = "initcall_blacklist=sctp_init"
    #expect(open(.made(commandLine: usual, facts: { $0.initFunction = .named("init_sctp_here") })) == all)
    #expect(open(.made(commandLine: usual, facts: { $0.initFunction = .none })) == all)
  }

  @Test func `a denied init function keeps out what is built in`() {
    #expect(open(.made(commandLine: "initcall_blacklist=sctp_init", state: .builtin)) == none)
    #expect(open(.made(commandLine: "initcall_blacklist=dccp_init", state: .builtin)) == all)
  }

  @Test func `the remedy keeps the other names of the list`() {
    let node = NodeState.made(commandLine: "initcall_blacklist=a,sctp_init,b")
    #expect(
      verdicts(node).autoload.blockedBy.first?.remedy.hasPrefix(
        "rpm-ostree kargs --delete='initcall_blacklist=a,sctp_init,b' --append='initcall_blacklist=a,b' ||") == true)
  }

  @Test(arguments: ["nomodule", "nomodule=1"])
  func `nomodule closes every way until another boot`(commandLine: String) {
    let node = NodeState.made(commandLine: commandLine, change: { $0.modulesDisabled = true })
    #expect(open(node) == none)
    let blocker = verdicts(node).explicit.blockedBy.first
    #expect(blocker?.reason == .modulesDisabled)
    #expect(blocker?.location == .kernelCommandLine)
    #expect(blocker?.text == commandLine)
    #expect(open(.made(commandLine: commandLine, state: .live, change: { $0.modulesDisabled = true })) == all)
  }

  @Test(arguments: ["nomodules", "nomodule=0", "rd.nomodule"])
  func `what only looks like nomodule closes nothing`(commandLine: String) {
    #expect(open(.made(commandLine: commandLine)) == all)
  }

  @Test(arguments: [
    (["/etc/modprobe.d/o.conf": "options sctp no_checksums=perhaps\n"], "", "/etc/modprobe.d/o.conf:1"),
    ([:], "sctp.no_checksums=perhaps", "kernel command line"),
    (["/etc/modprobe.d/o.conf": "options udp-tunnel limit=many\n"], "", "/etc/modprobe.d/o.conf:1"),
  ])
  func `an option that the kernel refuses closes every way`(files: [String: String], line: String, place: String) {
    var node = NodeState.made(
      files, commandLine: line, facts: { $0.parameters = ["no_checksums": ParameterType("bool")] })
    node.modules[udpTunnel]?.parameters = ["limit": ParameterType("int")]
    #expect(open(node) == none)
    let blocker = verdicts(node).explicit.blockedBy.first
    #expect(blocker?.reason == .invalidOption)
    #expect(blocker?.location.description == place)
    node.modules[sctp]?.state = .live
    #expect(open(node) == all)
  }

  @Test(arguments: [
    "options sctp no_checksums=1\n", "options sctp unknown=x\n", "options sctp\n", "options dccp no_checksums=x\n",
  ])
  func `an option that the kernel takes or ignores closes nothing`(line: String) {
    let node = NodeState.made(
      ["/etc/modprobe.d/o.conf": line], facts: { $0.parameters = ["no_checksums": ParameterType("bool")] })
    #expect(open(node) == all)
  }

  @Test(arguments: [
    ("install udp_tunnel ! /sbin/modprobe -i udp_tunnel\n", [false, false, false]),
    ("install udp_tunnel /sbin/modprobe -i udp_tunnel; exit 3\n", [false, false, false]),
    ("install udp_tunnel /sbin/modprobe -i udp_tunnel && /bin/false\n", [false, false, false]),
    ("install udp_tunnel sh -c 'modprobe -i udp_tunnel; false'\n", [false, false, false]),
    ("install udp_tunnel /sbin/modprobe -i udp_tunnel\n", [true, true, true]),
    ("install udp_tunnel /sbin/modprobe -i udp_tunnel; exit $?\n", [true, true, true]),
    ("install udp_tunnel /sbin/modprobe -i udp_tunnel; exit\n", [true, true, true]),
    ("install udp_tunnel /bin/false; /sbin/modprobe -i udp_tunnel\n", [true, true, true]),
    ("install udp_tunnel /sbin/modprobe -i udp_tunnel; logger loaded\n", [true, true, true]),
    ("install udp_tunnel /sbin/modprobe -i udp_tunnel; exit 256\n", [true, true, true]),
    ("install udp_tunnel /sbin/modprobe -i udp_tunnel; false &\n", [true, true, true]),
    ("install sctp /sbin/modprobe -i sctp; exit 1\n", [true, true, true]),
    ("install udp_tunnel /sbin/modprobe -b -i udp_tunnel\nblacklist udp_tunnel\n", [false, false, false]),
    ("install udp_tunnel /sbin/modprobe -b -i udp_tunnel\n", [true, true, true]),
  ])
  func `a command that loads a dependency and then fails keeps out what needs it`(rules: String, ways: [Bool]) {
    #expect(open(.made(["/etc/modprobe.d/x.conf": rules])) == ways)
  }

  @Test(arguments: [
    ("alias sctp sctp\nblacklist sctp\n", [false, false, false]),
    ("alias sc* sctp\nblacklist sctp\n", [false, false, false]),
    ("alias sctp sctp\n", [true, true, true]),
    ("alias sctp sctp\nblacklist udp_tunnel\n", [true, true, true]),
    ("alias sctp udp_tunnel\ninstall sctp /sbin/modprobe -i sctp\n", [false, false, false]),
    ("alias sctp off\ninstall sctp /bin/false; /sbin/modprobe -q -i sctp\n", [false, false, false]),
    ("alias sctp off\ninstall sctp /sbin/insmod /lib/x/sctp.ko\n", [true, false, false]),
    ("alias udp_tunnel off\n", [true, true, true]),
    ("alias udp_tunnel off\ninstall udp_tunnel /sbin/modprobe -i udp_tunnel\n", [false, false, false]),
    ("alias udp_tunnel off\ninstall udp_tunnel /sbin/insmod /lib/x/udp_tunnel.ko\n", [true, true, true]),
    (
      "alias udp_tunnel udp_tunnel\nblacklist udp_tunnel\ninstall udp_tunnel /sbin/modprobe -i udp_tunnel\n",
      [false, false, false]
    ),
  ])
  func `an alias to itself lets a blacklist stop the name`(rules: String, ways: [Bool]) {
    #expect(open(.made(["/etc/modprobe.d/x.conf": rules])) == ways)
  }

  @Test func `libkmod's positive answer is a blacklist`() {
    let node = NodeState.made(["/etc/modprobe.d/x.conf": "alias sctp sctp\nblacklist sctp\n"])
    let failure = LoadFailure(module: sctp, isBlacklisted: true)
    #expect(LoadExplanation.blocker(for: failure, node: node).reason == .blacklisted)
    #expect(LoadExplanation.blocker(for: failure, node: .made()).reason == .blacklisted)
  }

  @Test func `an option that the kernel refused is named`() {
    let node = NodeState.made(
      ["/etc/modprobe.d/o.conf": "options sctp no_checksums=perhaps\n"],
      facts: { $0.parameters = ["no_checksums": ParameterType("bool")] })
    for error in ["EINVAL", "ERANGE"] {
      let blocker = LoadExplanation.blocker(for: LoadFailure(module: sctp, error: error), node: node)
      #expect(blocker.reason == .invalidOption)
    }
    let denied = NodeState.made(commandLine: "initcall_blacklist=sctp_init")
    let blocker = LoadExplanation.blocker(for: LoadFailure(module: sctp, error: "EPERM"), node: denied)
    #expect(blocker.reason == .initcallBlacklisted)
  }
}
