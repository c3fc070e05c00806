import MachineIntent
import Modprobe
import NodeAgent
import NodeTesting
import Reconcile
import Testing

/// What is seen of a node in memory.
private func observed(
  loader: Userland.Loader = .node, _ change: (NodeInMemory) -> Void
) throws -> NodeState {
  let node = NodeInMemory()
  change(node)
  var observer = Observer(try node.reconciler(loader: loader).access)
  return observer.observe(.init(modules: [ModuleName("sctp")]))
}

private func sctp(_ node: NodeState) -> ModuleFacts? { node.modules[ModuleName("sctp")] }

@Suite struct UserlandTests {
  @Test func `the node's own kmod and systemd are known by their libraries`() throws {
    let node = try observed {
      $0.files.plant("/usr/lib64/libkmod.so.2.3.6", "")
      $0.files.plant("/usr/lib/systemd/libsystemd-shared-252-32.el9_4.so", "")
      $0.files.plant("/etc/os-release", "ID=\"rhcos\"\nVARIANT_ID=coreos\n")
      $0.files.plant("/etc/modprobe.d/x.alias", "blacklist dccp\n")
      $0.files.plant("/usr/local/lib/modprobe.d/y.conf", "blacklist dccp\n")
    }
    #expect(node.userland.kmod?.number == 28 && node.userland.systemd?.number == 252)
    #expect(node.distribution == .coreOS)
    #expect(
      node.configuration.blacklistRules(of: ModuleName("dccp")).map(\.location.file) == ["/etc/modprobe.d/x.alias"])
  }

  @Test func `without libraries the newest rules count`() throws {
    let node = try observed {
      $0.files.plant("/etc/modprobe.d/x.alias", "blacklist dccp\n")
      $0.files.plant("/usr/local/lib/modprobe.d/y.conf", "blacklist dccp\n")
      $0.files.plantLink("/etc/modprobe.d/z.conf", to: "nowhere")
      $0.files.plant("/usr/lib/modprobe.d/z.conf", "blacklist dccp\n")
    }
    #expect(node.userland.kmod == nil && node.distribution == .unknown)
    #expect(
      node.configuration.blacklistRules(of: ModuleName("dccp")).map(\.location.file)
        == ["/usr/local/lib/modprobe.d/y.conf", "/usr/lib/modprobe.d/z.conf"])
  }

  @Test func `the newest of several libraries counts`() throws {
    let node = try observed {
      $0.files.plant("/usr/lib/x86_64-linux-gnu/libkmod.so.2.4.0", "")
      $0.files.plant("/usr/lib/x86_64-linux-gnu/libkmod.so.2.5.1", "")
    }
    #expect(node.userland.kmod?.number == 34)
  }

  @Test func `a library that is added, replaced or removed between two looks is noticed`() throws {
    let node = NodeInMemory()
    var observer = Observer(try node.reconciler().access)
    func number() -> Int? { observer.observe(.init(modules: [ModuleName("sctp")])).userland.kmod?.number }
    for _ in 0..<3 { #expect(number() == nil) }
    node.files.plant("/usr/lib64/libkmod.so.2.3.6", "")
    for _ in 0..<3 { #expect(number() == 28) }
    node.files.plant("/usr/lib64/libkmod.so.2.5.1", "")
    for _ in 0..<3 { #expect(number() == 34) }
    node.files.takeAway("/usr/lib64/libkmod.so.2.5.1")
    for _ in 0..<3 { #expect(number() == 28) }
    node.files.takeAway("/usr/lib64")
    #expect(number() == nil)
  }

  @Test func `what only the agent's libkmod reads is looked up too`() throws {
    let node = try observed(loader: .agent(KmodVersion(30))) {
      $0.files.plant("/usr/lib64/libkmod.so.2.5.1", "")
      $0.files.plant("/lib/modules/5.14.0/modules.dep", "sctp.ko:\ncrc.ko:\n")
      $0.files.plant("/etc/modprobe.d/x.alias", "softdep sctp pre: crc\noptions sctp no_checksums=perhaps\n")
      $0.kernel.set(
        "/lib/modules/5.14.0/sctp.ko",
        to: ModuleInspection(signed: nil, parameters: ["no_checksums": ParameterType("bool")]))
    }
    #expect(node.userland.kmodRules.number == 34 && node.userland.loaderRules.number == 30)
    #expect(node.softdepsInTree == [ModuleName("crc")])
    let verdicts = LoadVerdicts(module: ModuleName("sctp"), node: node)
    #expect(verdicts.explicit.blockedBy.map(\.reason) == [.invalidOption])
    #expect(!verdicts.autoload.blockedBy.contains { $0.reason == .invalidOption })
  }

  @Test(arguments: [
    (["nf_conntrack_max", "nf_conntrack_sctp_timeout_established"], Bool?.some(true)),
    (["nf_conntrack_max"], false), (["nf_log/0"], nil), ([], nil),
  ])
  func `connection tracking is judged by what is there`(files: [String], tracks: Bool?) throws {
    let node = try observed { node in
      for file in files { node.proc.plant("/sys/net/netfilter/\(file)", "1\n") }
    }
    #expect(node.kernel.conntrackSCTP == tracks)
  }

  @Test func `the types of parameters are read only if options name the module`() throws {
    let inspection = ModuleInspection(signed: nil, parameters: ["no_checksums": ParameterType("bool")])
    func parameters(_ options: String) throws -> [String: ParameterType]? {
      sctp(
        try observed {
          $0.kernel.set("/lib/modules/5.14.0/sctp.ko", to: inspection)
          $0.files.plant("/etc/modprobe.d/o.conf", options)
        })?.parameters
    }
    #expect(try parameters("options sctp no_checksums=x\n") == inspection.parameters)
    #expect(try parameters("options dccp x=1\n") == [:])
  }
}

@Suite struct LoadServiceTests {
  private static let unit = "systemd-modules-load.service"

  private func mask(_ change: (InMemoryFiles) -> Void) throws -> String? {
    try observed { change($0.files) }.loadServiceMask
  }

  @Test(arguments: [
    "/etc/systemd/system", "/run/systemd/system", "/usr/local/lib/systemd/system", "/run/systemd/generator.early",
    "/etc/systemd/system.control", "/run/systemd/transient",
  ])
  func `the load service is masked by a link or an empty file`(directory: String) throws {
    let path = "\(directory)/\(Self.unit)"
    for target in ["/dev/null", "../../../dev/null", "/etc/empty"] {
      #expect(
        try mask {
          $0.plant("/etc/empty", "")
          $0.plantLink(path, to: target)
        } == path)
    }
    #expect(try mask { $0.plant(path, "") } == path)
    #expect(try mask { $0.plant(path, "[Service]\n") } == nil)
    #expect(try mask { $0.plantLink(path, to: "/nowhere") } == nil)
  }

  @Test func `only the first file of the load service counts`() throws {
    let found = try mask {
      $0.plant("/etc/systemd/system/\(Self.unit)", "[Service]\n")
      $0.plantLink("/run/systemd/system/\(Self.unit)", to: "/dev/null")
    }
    #expect(found == nil)
  }
}

@Suite struct ObserverTests {
  @Test func `a file that is gone is distinguished from a module that is not indexed`() throws {
    let gone = try observed { $0.files.takeAway("/lib/modules/5.14.0/sctp.ko") }
    #expect(sctp(gone)?.goneFile == "/lib/modules/5.14.0/sctp.ko")
    #expect(sctp(gone)?.state == .missing)
    let notIndexed = try observed { $0.files.plant("/lib/modules/5.14.0/modules.dep", "dccp.ko:\n") }
    #expect(sctp(notIndexed)?.goneFile == nil)
    #expect(notIndexed.moduleTree == .indexed)
    let noIndex = try observed { $0.files.takeAway("/lib/modules/5.14.0/modules.dep") }
    #expect(noIndex.moduleTree == .notIndexed)
  }

  @Test func `the directory of a removed kernel does not count as a kernel`() throws {
    let node = try observed {
      $0.files.plantDirectory("/lib/modules/5.13.0")
      $0.files.plant("/lib/modules/5.13.0/weak-updates/x.ko", "")
      $0.files.plant("/lib/modules/5.15.0/modules.dep", "kernel/net/sctp/sctp.ko:\n")
      $0.files.plant("/lib/modules/5.15.0/kernel/net/sctp/sctp.ko", "")
      $0.files.plant("/lib/modules/5.16.0/vmlinuz", "")
      $0.files.plant("/lib/modules/5.17.0/modules.builtin", "kernel/net/sctp/sctp.ko\n")
    }
    #expect(
      node.otherKernels == [
        InstalledKernel(release: "5.15.0", hasSCTP: true), InstalledKernel(release: "5.16.0", hasSCTP: false),
        InstalledKernel(release: "5.17.0", hasSCTP: true),
      ])
  }

  @Test func `the kernel of a deployment that waits for the reboot is seen`() throws {
    let node = try observed {
      $0.files.plant("/ostree/deploy/rhcos/deploy/abc.0/usr/lib/modules/5.14.0/modules.dep", "sctp.ko:\n")
      $0.files.plant("/ostree/deploy/rhcos/deploy/def.0/usr/lib/modules/5.14.1/modules.dep", "dccp.ko:\n")
      $0.files.plant("/ostree/deploy/rhcos/deploy/def.0.origin", "[origin]\n")
    }
    #expect(node.otherKernels == [InstalledKernel(release: "5.14.1", hasSCTP: false)])
  }

  @Test func `settings of SCTP are read in the order of systemd`() throws {
    let node = try observed {
      $0.files.plant("/usr/lib/sysctl.d/50-a.conf", "net.sctp.max_burst = 8\n")
      $0.files.plant("/usr/lib/sysctl.d/60-b.conf", "net.sctp.rto_min = 1\n")
      $0.files.plant("/etc/sysctl.d/60-b.conf", "# local\nnet.sctp.rto_min = 2\nnet.ipv4.ip_forward = 1\n")
      $0.files.plant("/run/sysctl.d/10-c.conf", "net/sctp/rto_max=3\nkernel.modules_disabled = 1\n")
      $0.files.plant("/etc/sysctl.conf", "net.sctp.max_burst = 9\n")
      $0.proc.plant("/sys/net/sctp/rto_min", "1000\n")
      $0.proc.plant("/sys/net/sctp/sctp_mem", "1\t2\t3\n")
    }
    #expect(
      node.sysctls.map { "\($0.key)=\($0.value) \($0.location)" } == [
        "net.sctp.rto_max=3 /run/sysctl.d/10-c.conf:1", "kernel.modules_disabled=1 /run/sysctl.d/10-c.conf:2",
        "net.sctp.max_burst=8 /usr/lib/sysctl.d/50-a.conf:1", "net.sctp.rto_min=2 /etc/sysctl.d/60-b.conf:2",
        "net.sctp.max_burst=9 /etc/sysctl.conf:1",
      ])
    #expect(node.kernel.sctpSysctls == ["rto_min": "1000", "sctp_mem": "1 2 3"])
  }

  @Test func `lockdown is read from the command line where securityfs is not mounted`() throws {
    #expect(try observed { $0.proc.plant("/cmdline", "lockdown=integrity\n") }.kernel.lockdown == "integrity")
    let without = try observed {
      $0.proc.plant("/cmdline", "lockdown=integrity\n")
      $0.sys.plant("/kernel/security/lsm", "capability\n")
    }
    #expect(without.kernel.lockdown == nil)
    let told = try observed { $0.sys.plant("/kernel/security/lockdown", "none integrity [confidentiality]\n") }
    #expect(told.kernel.lockdown == "confidentiality")
  }

  @Test func `an unusual modprobe that does not exist is noticed`() throws {
    #expect(try !observed { $0.proc.plant("/sys/kernel/modprobe", "/opt/modprobe\n") }.kernel.modprobeExists)
    #expect(try observed { $0.proc.plant("/sys/kernel/modprobe", "/sbin/modprobe\n") }.kernel.modprobeExists)
  }

  @Test func `a declared file is read however many files its directory has`() throws {
    let line = Array("# 0123456789\n".utf8)
    let large = Array(repeatElement(line, count: 60_000).joined())
    let node = try observed { node in
      for index in 0..<8 { node.files.plant("/etc/modprobe.d/a\(index).conf", large, mode: FileMode(0o644)) }
    }
    #expect(node.unreadDropIns.contains { $0.reason == .tooLarge })
    #expect(node.entries[PathKey(blacklist)]?.contents == Array("# stock\nblacklist sctp\n".utf8))
  }

  @Test func `of many drop-ins that cannot be read a few are named`() throws {
    let node = try observed { node in
      let lines = [UInt8](repeating: UInt8(ascii: "\n"), count: 70_000)
      for index in 0..<40 { node.files.plant("/etc/modprobe.d/a\(index).conf", lines, mode: FileMode(0o644)) }
    }
    #expect(node.unreadDropIns.count == 17)
    #expect(node.unreadDropIns.last?.message == "24 more drop-ins could not be read")
  }
}

@Test func `the softdeps of another kernel are not read`() throws {
  let node = try observed {
    $0.files.plant("/lib/modules/6.0.0/modules.dep", "sctp.ko:\n")
    $0.files.plant("/lib/modules/6.0.0/sctp.ko", "")
    $0.files.plant("/lib/modules/6.0.0/modules.softdep", String(repeating: "#", count: MemoryBudget.softdepIndex + 1))
  }
  #expect(node.otherKernels == [InstalledKernel(release: "6.0.0", hasSCTP: true)])
}

@Test func `a long index of softdeps is unknown and does not stop the rest`() throws {
  let node = try observed {
    $0.files.plant("/lib/modules/5.14.0/modules.softdep", String(repeating: "#", count: MemoryBudget.softdepIndex + 1))
  }
  #expect(node.unreadModules.map(\.reason) == [.tooLarge])
  #expect(!node.entries.isEmpty)
}

@Test func `the indexes of many kernels are read in several looks`() throws {
  let node = NodeInMemory()
  let count = MemoryBudget.otherIndexes / MemoryBudget.index
  let filler = String(repeating: "#", count: MemoryBudget.index - 20)
  for kernel in 0...count {
    node.files.plant("/lib/modules/6.\(kernel)/modules.dep", "sctp.ko:\n\(filler)\n")
    node.files.plant("/lib/modules/6.\(kernel)/sctp.ko", "")
  }
  var observer = Observer(try node.reconciler().access)
  func look() -> [Bool?] { observer.observe(.init(modules: [])).otherKernels.map(\.hasSCTP) }
  #expect(look() == Array(repeating: true, count: count) + [nil])
  #expect(look() == Array(repeating: true, count: count + 1))
}

@Test func `a look at many kernels ends between two of them`() throws {
  let node = NodeInMemory()
  for kernel in 1...5 { node.files.plant("/lib/modules/6.\(kernel)/modules.dep", "sctp.ko:\n") }
  for questions in 0... {
    var observer = Observer(try node.reconciler().access)
    var left = questions
    let found = observer.observe(.init(modules: [])) {
      left -= 1
      return left >= 0
    }.otherKernels.count
    if found == 5 { break }
    if found > 0 { return }
  }
  Issue.record("no question was asked between two kernels")
}
