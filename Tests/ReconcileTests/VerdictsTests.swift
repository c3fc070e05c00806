import Modprobe
import Testing

@testable import Reconcile

/// Which ways are open: autoload, boot, explicit.
private func open(_ node: NodeState) -> [Bool] {
  let verdicts = LoadVerdicts(module: sctp, node: node)
  return [verdicts.autoload.isOpen, verdicts.boot.isOpen, verdicts.explicit.isOpen]
}

@Suite struct VerdictsTests {
  @Test func `without rules all three ways are open`() { #expect(open(.made()) == [true, true, true]) }

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
    (
      "blacklist sctp\ninstall net-pf-2-proto-132 /sbin/modprobe sctp\ninstall net-pf-10-proto-132 /sbin/modprobe sctp\n",
      [true, false, true]
    ),
    ("blacklist sctp\ninstall net-pf-2-proto-132 /sbin/modprobe sctp\n", [false, false, true]),
    ("blacklist sctp\ninstall net-pf-*-proto-132 /sbin/modprobe sctp\n", [false, false, true]),
    ("alias net-pf-*-proto-132 off\nalias net-pf-*-proto-132-type-1 sctp\n", [true, true, true]),
    ("alias net-pf-2-proto-132-type-1 off\n", [true, true, true]),
    ("blacklist net-pf-2-proto-132\n", [true, true, true]),
    ("install sctp /bin/false\ninstall sctp /sbin/modprobe -i sctp\n", [false, false, false]),
    ("install sctp /sbin/modprobe -i sctp\ninstall sctp /bin/false\n", [true, true, true]),
    ("remove net-pf-10-proto-132 /bin/true\n", [false, true, true]),
    ("blacklist sctp_diag\nblacklist nf_conntrack_proto_sctp\n", [true, true, true]),
    ("install sctp /bin/false\nsoftdep sctp pre: udp_tunnel\n", [true, true, true]),
    ("install sctp /bin/false\nsoftdep sctp pre: nowhere\n", [false, false, false]),
    ("install sctp /sbin/modprobe -b -i sctp\n", [true, true, true]),
    ("blacklist sctp\ninstall sctp /sbin/modprobe -b -i sctp\n", [false, false, false]),
    ("blacklist sctp\ninstall sctp /sbin/modprobe -b -i sctp; /sbin/modprobe -i sctp\n", [false, false, true]),
    ("blacklist sctp\ninstall sctp /sbin/modprobe -b -i sctp\nsoftdep sctp pre: udp_tunnel\n", [false, false, true]),
  ])
  func `modprobe rules stop the ways that obey them`(rules: String, ways: [Bool]) {
    #expect(open(.made(["/etc/modprobe.d/x.conf": rules])) == ways)
  }

  @Test func `the first install line wins`() {
    let node = NodeState.made([
      "/etc/modprobe.d/a.conf": "\ninstall sctp /bin/false\n", "/etc/modprobe.d/b.conf": "install sctp /bin/true\n",
    ])
    let blockers = LoadVerdicts(module: sctp, node: node).explicit.blockedBy
    #expect(blockers.map(\.location.description) == ["/etc/modprobe.d/a.conf:2", "/etc/modprobe.d/b.conf:1"])
  }

  @Test func `the kernel command line blacklists for the ways that obey blacklists`() {
    let node = NodeState.made(commandLine: "quiet modprobe.blacklist=sctp")
    #expect(open(node) == [false, false, true])
    let blocker = LoadVerdicts(module: sctp, node: node).autoload.blockedBy.first
    #expect(blocker?.location == .kernelCommandLine)
    #expect(blocker?.sentence == "sctp is blacklisted on the kernel command line")
  }

  @Test func `module blacklist on the command line stops everything`() {
    let node = NodeState.made(commandLine: "module_blacklist=dccp,sctp")
    #expect(open(node) == [false, false, false])
    let blocker = LoadVerdicts(module: sctp, node: node).explicit.blockedBy[0]
    #expect(blocker.text == "module_blacklist=dccp,sctp")
    #expect(
      blocker.remedy.hasPrefix(
        "rpm-ostree kargs --delete='module_blacklist=dccp,sctp' --append='module_blacklist=dccp' ||"))
  }

  @Test(arguments: [
    (#"module_blacklist="dccp,sctp""#, #"--delete='module_blacklist="dccp,sctp"' --append='module_blacklist=dccp'"#),
    (#""module_blacklist=sctp""#, #"--delete='"module_blacklist=sctp"' ||"#),
    ("module_blacklist=sctp,a'b", #"--delete='module_blacklist=sctp,a'\''b' --append='module_blacklist=a'\''b' ||"#),
  ])
  func `a quoted list is deleted as it is written`(word: String, arguments: String) {
    let remedy = LoadVerdicts(module: sctp, node: .made(commandLine: word)).explicit.blockedBy.first?.remedy
    #expect(remedy?.contains(arguments) == true, "\(remedy ?? "")")
  }

  @Test func `module blacklist of a dependency stops everything too`() {
    #expect(open(.made(commandLine: "module_blacklist=udp_tunnel")) == [false, false, false])
  }

  @Test(arguments: [
    (
      ["/etc/sysctl.d/h.conf": "\nkernel.modules_disabled=1\n"], "",
      "sed -i '2s/^/# /' /etc/sysctl.d/h.conf   # then reboot"
    ),
    (
      ["/usr/lib/sysctl.d/h.conf": "kernel.modules_disabled=1\n"], "",
      "[ -e /etc/sysctl.d/h.conf ] || cp /usr/lib/sysctl.d/h.conf /etc/sysctl.d/h.conf && "
        + "sed -i '1s/^/# /' /etc/sysctl.d/h.conf   # then reboot"
    ),
    (
      [:], "sysctl.kernel.modules_disabled=1",
      "rpm-ostree kargs --delete='sysctl.kernel.modules_disabled=1' || "
        + "grubby --update-kernel=ALL --remove-args='sysctl.kernel.modules_disabled=1'   # then reboot"
    ),
    ([:], "", "systemctl reboot   # no file of sysctl.d sets it: find what sets it, or it will be set again"),
  ])
  func `the remedy of modules disabled names who turns it on`(
    files: [String: String], commandLine: String, remedy: String
  ) {
    var node = NodeState.made(commandLine: commandLine, change: { $0.modulesDisabled = true })
    node.sysctls = files.flatMap { SysctlFile(path: $0.key, contents: Array($0.value.utf8)).settings }
    #expect(LoadVerdicts(module: sctp, node: node).explicit.blockedBy.map(\.remedy) == [remedy])
  }

  @Test func `the remedy of a path that the shell would split is quoted`() {
    let node = NodeState.made(["/etc/modprobe.d/a b's.conf": "blacklist sctp\n"])
    #expect(
      LoadVerdicts(module: sctp, node: node).autoload.blockedBy.first?.remedy
        == #"sed -i '1s/^/# /' '/etc/modprobe.d/a b'\''s.conf'"#)
  }

  @Test func `an unsigned dependency is stopped by enforcement too`() {
    var node = NodeState.made(change: { $0.enforcesSignatures = true }, facts: { $0.signed = true })
    node.modules[udpTunnel]?.signed = false
    #expect(open(node) == [false, false, false])
    node.modules[udpTunnel]?.state = .live
    #expect(open(node) == [true, true, true])
  }

  @Test func `a file that only this libkmod cannot read stops only this process`() {
    #expect(open(.made(facts: { $0.unreadable = "no zstd" })) == [true, true, false])
    #expect(open(.made(facts: { $0.damage = "no ELF file" })) == [false, false, false])
    #expect(open(.made(change: { $0.decompresses = "xz" }, facts: { $0.unreadable = "no xz" })) == [true, true, true])
    #expect(
      open(.made(change: { $0.decompresses = "zstd" }, facts: { $0.unreadable = "no xz" })) == [true, true, false])
  }

  @Test func `what is no regular file is loaded by nobody, and no command opens it`() {
    let node = NodeState.made(
      change: { $0.decompresses = "zstd" },
      facts: {
        $0.unreadable = "it is a FIFO"
        $0.damage = "it is a FIFO"
      })
    #expect(open(node) == [false, false, false])
    let rules = LoadVerdicts(module: sctp, node: node).explicit.blockedBy
    #expect(rules.map(\.reason) == [.moduleUnreadable])
    #expect(rules.allSatisfy { !$0.remedy.contains("modprobe sctp") })
  }

  @Test(arguments: [
    (ModuleTreeState.missing, String?.none, "not installed, or not mounted", "/lib/modules"),
    (.notIndexed, nil, "no /lib/modules/5.14.0/modules.dep", "depmod -a 5.14.0"),
    (.indexed, nil, "the package that has it is not installed", "dnf install kernel-modules-extra-5.14.0"),
    (.indexed, "/lib/modules/5.14.0/sctp.ko.xz", "is gone", "dnf reinstall kernel-modules-extra-5.14.0"),
  ])
  func `why a module is missing is distinguished`(tree: ModuleTreeState, gone: String?, words: String, remedy: String) {
    var node = NodeState.made(state: .missing, facts: { $0.goneFile = gone })
    node.moduleTree = tree
    let blocker = LoadVerdicts(module: sctp, node: node).explicit.blockedBy[0]
    #expect(blocker.reason == .moduleMissing)
    #expect(blocker.text.contains(words))
    #expect(blocker.remedy.contains(remedy))
  }

  @Test func `a kernel without modules is distinguished from one with the module built-in`() {
    let without = NodeState.made(state: .missing, change: { $0.supportsModules = false })
    #expect(LoadVerdicts(module: sctp, node: without).explicit.blockedBy.map(\.reason) == [.noModuleSupport])
    #expect(open(.made(state: .builtin, change: { $0.supportsModules = false })) == [true, true, true])
  }

  @Test func `modules disabled stops everything that is not loaded yet`() {
    #expect(open(.made(change: { $0.modulesDisabled = true })) == [false, false, false])
    #expect(open(.made(state: .live, change: { $0.modulesDisabled = true })) == [true, true, true])
  }

  @Test func `a missing capability stops only this process`() {
    #expect(open(.made(change: { $0.mayLoadModules = false })) == [true, true, false])
  }

  @Test func `an empty modprobe path turns autoload off`() {
    #expect(open(.made(change: { $0.modprobePath = "" })) == [false, true, true])
    #expect(open(.made(change: { $0.modprobePath = "/bin/true" })) == [false, true, true])
    #expect(
      open(.made(change: { ($0.modprobePath, $0.modprobeExists) = ("/opt/modprobe", false) })) == [false, true, true])
    #expect(open(.made(change: { $0.modprobePath = "/usr/sbin/modprobe" })) == [true, true, true])
  }

  @Test func `a masked load service stops the boot only`() {
    var node = NodeState.made()
    node.loadServiceMask = "/etc/systemd/system/systemd-modules-load.service"
    #expect(open(node) == [true, false, true])
    #expect(LoadVerdicts(module: sctp, node: node).boot.blockedBy.map(\.reason) == [.loadServiceMasked])
  }

  @Test(arguments: [
    ("/etc/systemd/system", "systemctl unmask systemd-modules-load.service"),
    ("/run/systemd/system", "systemctl unmask --runtime systemd-modules-load.service"),
    (
      "/usr/local/lib/systemd/system",
      "rm /usr/local/lib/systemd/system/systemd-modules-load.service && systemctl daemon-reload"
    ),
  ])
  func `the remedy takes the mask away where it is`(directory: String, remedy: String) {
    var node = NodeState.made()
    node.loadServiceMask = "\(directory)/systemd-modules-load.service"
    let blocker = LoadVerdicts(module: sctp, node: node).boot.blockedBy.first
    #expect(blocker?.remedy == remedy)
    #expect(Remedy.isCommand(remedy))
    #expect(blocker?.location.file == node.loadServiceMask)
  }

  @Test(arguments: ["systemd.mask=systemd-modules-load.service", "quiet \"systemd.mask=systemd-modules-load\""])
  func `a mask of the load service on the command line stops the boot only`(line: String) {
    var node = NodeState.made(commandLine: line)
    node.loadServiceMask = "/run/systemd/generator.early/systemd-modules-load.service"
    #expect(open(node) == [true, false, true])
    let blockers = LoadVerdicts(module: sctp, node: node).boot.blockedBy
    #expect(blockers.map(\.location) == [.kernelCommandLine])
    #expect(blockers.first?.remedy.contains("systemd.mask=systemd-modules-load") == true)
    for other in ["rd.systemd.mask=systemd-modules-load.service", "systemd.mask=systemd-sysctl.service"] {
      #expect(open(.made(commandLine: other)) == [true, true, true])
    }
  }

  @Test func `a missing file stops everything`() {
    #expect(open(.made(state: .missing)) == [false, false, false])
  }

  @Test func `an unsigned module is stopped by enforcement and by lockdown`() {
    func unsigned(_ change: (inout KernelState) -> Void) -> NodeState {
      .made(change: change, facts: { $0.signed = false })
    }
    #expect(open(unsigned { $0.enforcesSignatures = true }) == [false, false, false])
    #expect(open(unsigned { $0.lockdown = "integrity" }) == [false, false, false])
    #expect(open(unsigned { $0.lockdown = "none" }) == [true, true, true])
  }

  @Test func `a built-in module is open whatever modprobe.d says`() {
    let node = NodeState.made(["/etc/modprobe.d/x.conf": "blacklist sctp\ninstall sctp /bin/false\n"], state: .builtin)
    #expect(open(node) == [true, true, true])
  }

  @Test func `the boot request is the line that names the module`() {
    let node = NodeState.made(["/etc/modules-load.d/a.conf": "# x\nsctp\n"])
    #expect(LoadVerdicts(module: sctp, node: node).bootRequest?.location.description == "/etc/modules-load.d/a.conf:2")
    #expect(LoadVerdicts(module: sctp, node: .made()).bootRequest == nil)
  }
}
