import MachineIntent
import Modprobe
import Testing

@testable import Reconcile

/// An os-release as the system ships it, with the remedies that are right there.
private struct System: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let osRelease: String
  let distribution: Distribution
  let release: String
  let install: String
  let reinstall: String
  let argument: String

  init(
    _ name: String, _ osRelease: String, _ distribution: Distribution, kernel release: String, install: String,
    reinstall: String, argument: String
  ) {
    testDescription = name
    self.osRelease = osRelease
    self.distribution = distribution
    self.release = release
    self.install = install
    self.reinstall = reinstall
    self.argument = argument
  }

  static let all: [System] = [
    System(
      "RHEL 9", "NAME=\"Red Hat Enterprise Linux\"\nID=\"rhel\"\nID_LIKE=\"fedora\"\nVERSION_ID=\"9.4\"\n", .redHat,
      kernel: "5.14.0-427.el9.x86_64", install: "dnf install kernel-modules-extra-5.14.0-427.el9.x86_64",
      reinstall: "dnf reinstall kernel-modules-extra-5.14.0-427.el9.x86_64 && depmod -a 5.14.0-427.el9.x86_64",
      argument: "grubby --update-kernel=ALL --remove-args=nomodule   # then reboot"),
    System(
      "RHEL 9, real-time", "ID=rhel\n", .redHat, kernel: "5.14.0-427.el9.x86_64+rt",
      install: "dnf install kernel-rt-modules-extra-5.14.0-427.el9.x86_64",
      reinstall: "dnf reinstall kernel-rt-modules-extra-5.14.0-427.el9.x86_64 && depmod -a 5.14.0-427.el9.x86_64+rt",
      argument: "grubby --update-kernel=ALL --remove-args=nomodule   # then reboot"),
    System(
      "RHEL 8, real-time", "ID=\"rhel\"\n", .redHat, kernel: "4.18.0-553.rt7.342.el8_10.x86_64",
      install: "dnf install kernel-rt-modules-extra-4.18.0-553.rt7.342.el8_10.x86_64",
      reinstall:
        "dnf reinstall kernel-rt-modules-extra-4.18.0-553.rt7.342.el8_10.x86_64 && depmod -a "
        + "4.18.0-553.rt7.342.el8_10.x86_64",
      argument: "grubby --update-kernel=ALL --remove-args=nomodule   # then reboot"),
    System(
      "RHEL 9, debug kernel", "ID=\"rhel\"\n", .redHat, kernel: "5.14.0-427.el9.x86_64+rt-debug",
      install: "dnf install kernel-rt-debug-modules-extra-5.14.0-427.el9.x86_64",
      reinstall:
        "dnf reinstall kernel-rt-debug-modules-extra-5.14.0-427.el9.x86_64 && depmod -a 5.14.0-427.el9.x86_64+rt-debug",
      argument: "grubby --update-kernel=ALL --remove-args=nomodule   # then reboot"),
    System(
      "RHEL 9, 64k pages", "ID=rhel\n", .redHat, kernel: "5.14.0-427.el9.aarch64+64k",
      install: "dnf install kernel-64k-modules-extra-5.14.0-427.el9.aarch64",
      reinstall:
        "dnf reinstall kernel-64k-modules-extra-5.14.0-427.el9.aarch64 && depmod -a 5.14.0-427.el9.aarch64+64k",
      argument: "grubby --update-kernel=ALL --remove-args=nomodule   # then reboot"),
    System(
      "Oracle Linux, UEK", "ID=\"ol\"\nID_LIKE=\"fedora\"\n", .redHat, kernel: "5.15.0-206.153.7.el9uek.x86_64",
      install: "dnf install kernel-uek-modules-extra-5.15.0-206.153.7.el9uek.x86_64",
      reinstall:
        "dnf reinstall kernel-uek-modules-extra-5.15.0-206.153.7.el9uek.x86_64 && depmod -a "
        + "5.15.0-206.153.7.el9uek.x86_64",
      argument: "grubby --update-kernel=ALL --remove-args=nomodule   # then reboot"),
    System(
      "Oracle Linux, UEK before 5.15, which has no package of extra modules", "ID=\"ol\"\n", .redHat,
      kernel: "5.4.17-2136.338.4.2.el8uek.x86_64", install: "dnf install kernel-uek-5.4.17-2136.338.4.2.el8uek.x86_64",
      reinstall:
        "dnf reinstall kernel-uek-5.4.17-2136.338.4.2.el8uek.x86_64 && depmod -a 5.4.17-2136.338.4.2.el8uek.x86_64",
      argument: "grubby --update-kernel=ALL --remove-args=nomodule   # then reboot"),
    System(
      "RHCOS", "ID=\"rhcos\"\nID_LIKE=\"rhel fedora\"\nVARIANT=\"CoreOS\"\nVARIANT_ID=coreos\n", .coreOS,
      kernel: "5.14.0-427.el9.x86_64",
      install:
        "rpm-ostree install kernel-modules-extra-5.14.0-427.el9.x86_64   # then reboot; in a layered image, add it to the "
        + "image",
      reinstall: "the image brings the modules: go back to a sound deployment (rpm-ostree rollback), then reboot",
      argument: "rpm-ostree kargs --delete=nomodule   # then reboot"),
    System(
      "Fedora CoreOS", "ID=fedora\nVARIANT_ID=coreos\n", .coreOS, kernel: "6.11.4-301.fc41.x86_64",
      install:
        "rpm-ostree install kernel-modules-extra-6.11.4-301.fc41.x86_64   # then reboot; in a layered image, add it to the "
        + "image",
      reinstall: "the image brings the modules: go back to a sound deployment (rpm-ostree rollback), then reboot",
      argument: "rpm-ostree kargs --delete=nomodule   # then reboot"),
    System(
      "Amazon Linux 2023, 6.12", "ID=\"amzn\"\nID_LIKE=\"fedora\"\nVERSION_ID=\"2023\"\n", .amazon,
      kernel: "6.12.63-84.121.amzn2023.x86_64",
      install: "dnf install kernel6.12-modules-extra-6.12.63-84.121.amzn2023.x86_64",
      reinstall:
        "dnf reinstall kernel6.12-modules-extra-6.12.63-84.121.amzn2023.x86_64 && depmod -a "
        + "6.12.63-84.121.amzn2023.x86_64",
      argument: "grubby --update-kernel=ALL --remove-args=nomodule   # then reboot"),
    System(
      "Amazon Linux 2023, 6.1", "ID=\"amzn\"\nID_LIKE=\"fedora\"\n", .amazon, kernel: "6.1.112-124.190.amzn2023.x86_64",
      install: "dnf install kernel-modules-extra-6.1.112-124.190.amzn2023.x86_64",
      reinstall:
        "dnf reinstall kernel-modules-extra-6.1.112-124.190.amzn2023.x86_64 && depmod -a 6.1.112-124.190.amzn2023.x86_64",
      argument: "grubby --update-kernel=ALL --remove-args=nomodule   # then reboot"),
    System(
      "Amazon Linux 2", "ID=\"amzn\"\nID_LIKE=\"centos rhel fedora\"\n", .amazon,
      kernel: "5.10.226-214.880.amzn2.x86_64",
      install: "yum install kernel-5.10.226-214.880.amzn2.x86_64",
      reinstall:
        "yum reinstall kernel-5.10.226-214.880.amzn2.x86_64 && depmod -a 5.10.226-214.880.amzn2.x86_64",
      argument: "grubby --update-kernel=ALL --remove-args=nomodule   # then reboot"),
    System(
      "Debian 12", "ID=debian\nVERSION_ID=\"12\"\n", .debian, kernel: "6.1.0-35-amd64",
      install: "apt-get install --reinstall linux-image-6.1.0-35-amd64",
      reinstall: "apt-get install --reinstall linux-image-6.1.0-35-amd64 && depmod -a 6.1.0-35-amd64",
      argument: "remove nomodule in /etc/default/grub, run update-grub, and reboot"),
    System(
      "Ubuntu 24.04", "ID=ubuntu\nID_LIKE=debian\n", .ubuntu, kernel: "6.8.0-45-generic",
      install: "apt-get install linux-modules-extra-6.8.0-45-generic",
      reinstall: "apt-get install --reinstall linux-modules-extra-6.8.0-45-generic && depmod -a 6.8.0-45-generic",
      argument: "remove nomodule in /etc/default/grub, run update-grub, and reboot"),
    System(
      "SLES 15", "ID=\"sles\"\nID_LIKE=\"suse\"\n", .suse, kernel: "6.4.0-150600.23.25-default",
      install: "zypper install kernel-default",
      reinstall: "zypper install --force kernel-default && depmod -a 6.4.0-150600.23.25-default",
      argument: "remove nomodule in /etc/default/grub, run update-bootloader --refresh, and reboot"),
    System(
      "SLE Micro", "ID=\"sle-micro\"\nID_LIKE=\"suse\"\n", .suseMicro, kernel: "5.14.21-150500.55.80-default",
      install: "transactional-update pkg install kernel-default   # then reboot",
      reinstall: "transactional-update pkg install --force kernel-default   # then reboot",
      argument: "remove nomodule in /etc/default/grub, run transactional-update grub.cfg, and reboot"),
    System(
      "openSUSE MicroOS, real-time", "ID=\"opensuse-microos\"\nID_LIKE=\"suse opensuse\"\n", .suseMicro,
      kernel: "6.11.8-1-rt", install: "transactional-update pkg install kernel-rt   # then reboot",
      reinstall: "transactional-update pkg install --force kernel-rt   # then reboot",
      argument: "remove nomodule in /etc/default/grub, run transactional-update grub.cfg, and reboot"),
    System(
      "Flatcar", "ID=flatcar\nID_LIKE=coreos\n", .flatcar, kernel: "6.6.65-flatcar",
      install: "Flatcar's image brings its modules: update it (update_engine_client -update), then reboot",
      reinstall: "Flatcar's image brings its modules: update it (update_engine_client -update), then reboot",
      argument: "remove nomodule in linux_append of /oem/grub.cfg, and reboot"),
    System(
      "Talos", "NAME=\"Talos\"\nID=talos\n", .talos, kernel: "6.12.5-talos",
      install: "Talos' image brings its modules: install an image whose kernel has the module (talosctl upgrade)",
      reinstall: "Talos' image brings its modules: install an image whose kernel has the module (talosctl upgrade)",
      argument: "remove nomodule in machine.install.extraKernelArgs, and run talosctl upgrade"),
    System(
      "Bottlerocket", "ID=bottlerocket\n", .bottlerocket, kernel: "6.1.115",
      install: "Bottlerocket's image brings its modules: update to a variant whose kernel has the module",
      reinstall: "Bottlerocket's image brings its modules: update to a variant whose kernel has the module",
      argument: "remove nomodule in settings.boot.kernel-parameters, and reboot"),
    System(
      "Container-Optimized OS", "ID=cos\nNAME=\"Container-Optimized OS\"\n", .unlisted, kernel: "6.1.112+",
      install: "install the package of this system that has kernel/net/sctp/sctp.ko for kernel 6.1.112+",
      reinstall: "install again the package of this system that has the modules of kernel 6.1.112+",
      argument: "remove nomodule in the kernel command line of this system's boot loader, and reboot"),
    System(
      "no os-release", "", .unknown, kernel: "5.14.0+", install: "dnf install kernel-modules-extra-5.14.0+",
      reinstall: "dnf reinstall kernel-modules-extra-5.14.0+ && depmod -a 5.14.0+",
      argument:
        "rpm-ostree kargs --delete=nomodule || grubby --update-kernel=ALL --remove-args=nomodule   # then reboot"),
  ]
}

@Suite struct DistributionTests {
  @Test(arguments: System.all)
  fileprivate func `the remedies are those of the node's own system and kernel`(system: System) {
    let distribution = Distribution(osRelease: Array(system.osRelease.utf8))
    #expect(distribution == system.distribution)
    #expect(distribution.installModules(for: system.release) == system.install)
    #expect(distribution.reinstallModules(for: system.release) == system.reinstall)
    #expect(distribution.removeArgument("nomodule", keeping: "") == system.argument)
  }

  @Test(arguments: System.all)
  fileprivate func `a command of a package manager is known as a command, and a sentence is not`(system: System) {
    let hasManager: Set<Distribution> = [.coreOS, .redHat, .amazon, .debian, .ubuntu, .suse, .suseMicro, .unknown]
    #expect(Remedy.isCommand(system.install) == hasManager.contains(system.distribution))
    #expect(
      Remedy.isCommand(system.reinstall) == hasManager.subtracting([.coreOS]).contains(system.distribution))
    #expect(
      Remedy.isCommand(system.argument) == (system.argument.contains("grubby") || system.argument.contains("kargs")))
  }

  @Test func `every distribution has a fixture`() {
    #expect(Set(System.all.map(\.distribution)) == Set(Distribution.allCases))
  }

  @Test func `a verdict gives the remedies of the node's system`() {
    var node = NodeState.made(state: .missing)
    node.distribution = .ubuntu
    let missing = LoadVerdicts(module: sctp, node: node).explicit.blockedBy.first
    #expect(missing?.remedy == "apt-get install linux-modules-extra-5.14.0")
    var denied = NodeState.made(commandLine: "module_blacklist=dccp,sctp")
    denied.distribution = .debian
    #expect(
      LoadVerdicts(module: sctp, node: denied).explicit.blockedBy.first?.remedy
        == "replace 'module_blacklist=dccp,sctp' with 'module_blacklist=dccp' in /etc/default/grub, run update-grub, and "
        + "reboot")
  }
}

/// Who owns a rule decides about its remedy.
@Suite struct RemedyTests {
  private let blacklist = "/etc/modprobe.d/sctp-blacklist.conf"

  private func remedy(
    _ files: [String: String], desired: DesiredState = .documented, context: RemedyContext = RemedyContext()
  ) -> String? {
    LoadVerdicts(module: sctp, node: .made(files), desired: desired, context: context).ranked.first?.blocker.remedy
  }

  @Test func `an argument that the machine-config daemon holds is removed from the MachineConfig`() {
    var desired = DesiredState.documented
    desired.managedArguments = .init(
      name: "rendered-worker-1", arguments: ["mitigations=auto", "module_blacklist=sctp"])
    var node = NodeState.made(commandLine: "module_blacklist=sctp")
    node.distribution = .coreOS
    let remedy = LoadVerdicts(module: sctp, node: node, desired: desired).explicit.blockedBy.first?.remedy
    #expect(
      remedy == "remove 'module_blacklist=sctp' from spec.kernelArguments of the cluster's MachineConfigs, from which "
        + "'rendered-worker-1' is rendered; the machine-config operator then reboots the node")
    desired.managedArguments = .init(name: "rendered-worker-1", arguments: ["mitigations=auto"])
    let other = LoadVerdicts(module: sctp, node: node, desired: desired).explicit.blockedBy.first?.remedy
    #expect(other == "rpm-ostree kargs --delete='module_blacklist=sctp'   # then reboot")
  }

  @Test func `a declared file that has drifted is cured by apply`() {
    let drifted = [blacklist: "blacklist sctp\n"]
    #expect(remedy(drifted) == "sctp-agent apply")
  }

  @Test func `a contended file gets no sed`() {
    let other = "/etc/modprobe.d/other.conf"
    for path in [blacklist, other] {
      let found = remedy([path: "blacklist sctp\n"], context: RemedyContext(contended: [path]))
      #expect(found?.hasPrefix("find what rewrites \(path) and stop it") == true, "\(found ?? "")")
    }
  }

  @Test func `what a policy cures says which policy`() {
    let path = "/etc/modprobe.d/x.conf"
    let sed = "sed -i '1s/^/# /' /etc/modprobe.d/x.conf"
    #expect(remedy([path: "blacklist sctp\n"]) == sed + "   # or: sctp-agent apply")
    #expect(
      remedy([path: "blacklist sctp\n"], context: RemedyContext(policy: .declared))
        == sed + "   # or: sctp-agent apply --unblock blacklist")
    #expect(remedy([path: "install sctp /bin/false\n"]) == sed + "   # or: sctp-agent apply --unblock all")
    #expect(remedy([path: "alias sctp off\n"]) == sed + "   # or: sctp-agent apply --unblock all")
    #expect(remedy([path: "alias sctp nowhere\n"]) == sed)
    #expect(remedy([path: "blacklist sctp\n"], desired: .made([], wanted: [])) == sed)
  }

  @Test func `the text of a file that others may not read is withheld`() {
    var node = NodeState.made()
    let secret = DropIn(
      path: "/etc/modprobe.d/s.conf", contents: Array("install sctp /bin/false secret\n".utf8), isPrivate: true)
    node = NodeState(
      surroundings: node.surroundings, modprobeDropIns: [[secret], [], [], [], []],
      modulesLoadDropIns: [[], [], [], [], []])
    let blocker = LoadVerdicts(module: sctp, node: node).explicit.blockedBy.first
    #expect(blocker?.text == "(readable by root only)")
    #expect(blocker?.sentence.contains("secret") == false)
    #expect(Notes(module: sctp, node: node).all.allSatisfy { !$0.contains("secret") })
  }
}

@Suite struct RankedBlockerTests {
  @Test func `the rule that closes most ways comes first, then its kind decides`() {
    let node = NodeState.made([
      "/etc/modprobe.d/a.conf": "alias net-pf-2-proto-132 off\nblacklist sctp\ninstall sctp /bin/false\n"
    ])
    let ranked = LoadVerdicts(module: sctp, node: node).ranked
    #expect(ranked.map(\.blocker.location.line) == [3, 2, 1])
    #expect(ranked.map(\.ways) == [[.autoload, .boot, .explicit], [.autoload, .boot], [.autoload]])
  }

  @Test func `the headline says how many more rules there are`() {
    let node = NodeState.made(["/etc/modprobe.d/a.conf": "blacklist sctp\ninstall sctp /bin/false\n"])
    let headline = LoadVerdicts.headline(of: [LoadVerdicts(module: sctp, node: node)])
    #expect(headline?.sentence == "sctp is stopped by 'install sctp /bin/false' at /etc/modprobe.d/a.conf:2 (+1 more)")
    #expect(LoadVerdicts.headline(of: [LoadVerdicts(module: sctp, node: .made())]) == nil)
  }

  @Test func `a pattern that stops a module and its dependency is one rule`() {
    let node = NodeState.made(["/etc/modprobe.d/a.conf": "install * /bin/false\n"])
    #expect(LoadVerdicts.headline(of: [LoadVerdicts(module: sctp, node: node)])?.others == 0)
  }
}
