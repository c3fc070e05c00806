import MachineIntent
import Modprobe
import Testing

@testable import Reconcile

private let blacklist = "/etc/modprobe.d/sctp-blacklist.conf"

private let load = "/etc/modules-load.d/sctp-load.conf"

private func plan(_ node: NodeState, _ policy: UnblockPolicy = .blacklist) -> Plan {
  Plan(desired: .documented, node: node, policy: policy)
}

/// The verdicts on sctp once the files of the plan are in place.
private func verdicts(_ node: NodeState, _ policy: UnblockPolicy = .blacklist) -> LoadVerdicts {
  LoadVerdicts(module: sctp, node: node.applying(plan(node, policy).writes), desired: .documented)
}

private func written(_ plan: Plan) -> [String: String] {
  Dictionary(uniqueKeysWithValues: plan.writes.map { ($0.path, String(decoding: $0.contents, as: UTF8.self)) })
}

@Suite struct PlanTests {
  @Test(arguments: [(true, FileMode(0o600)), (false, FileMode(0o644))])
  func `an edited copy can be read by those who could read the vendor's file`(isPrivate: Bool, mode: FileMode) {
    let node = NodeState.made([blacklist: "", load: "sctp"])
    let vendor = DropIn(
      path: "/usr/lib/modprobe.d/v.conf", contents: Array("blacklist sctp\n".utf8), isPrivate: isPrivate)
    let withVendor = NodeState(
      surroundings: node.surroundings, modprobeDropIns: node.modprobeDropIns + [[vendor]],
      modulesLoadDropIns: node.modulesLoadDropIns, entries: node.entries, writable: node.writable)
    #expect(plan(withVendor).writes.map(\.mode) == [mode])
  }

  @Test func `the documented intent is written before the module is loaded`() {
    let plan = plan(.made([blacklist: "# stock\nblacklist sctp\n"]))
    #expect(plan.steps.map(\.path) == [blacklist, load, nil])
    #expect(plan.steps.last == .load(sctp))
    #expect(written(plan) == [blacklist: "", load: "sctp"])
  }

  @Test func `a node in sync gets an empty plan`() {
    let node = NodeState.made([blacklist: "", load: "sctp"], state: .live)
    #expect(plan(node).steps.isEmpty)
    #expect(plan(node).files.allSatisfy { $0.drift == nil })
  }

  @Test(arguments: UnblockPolicy.allCases)
  func `planning after applying is empty`(policy: UnblockPolicy) {
    var node = NodeState.made([
      blacklist: "blacklist sctp\n", "/etc/modprobe.d/a.conf": "install sctp /bin/false\nblacklist sctp\n",
      "/usr/lib/modprobe.d/v.conf": "alias net-pf-2-proto-132 off\nblacklist sctp\noptions x y=1\n",
    ])
    let first = plan(node, policy)
    node = node.applying(first.writes)
    node.modules[sctp]?.state = .live
    #expect(plan(node, policy).steps.isEmpty)
  }

  @Test func `a blacklist line of another file is commented out in place`() {
    let path = "/etc/modprobe.d/hardening.conf"
    let plan = plan(.made([blacklist: "", load: "sctp", path: "blacklist dccp\nblacklist sctp\noptions x y=1\n"]))
    #expect(written(plan) == [path: "blacklist dccp\n# blacklist sctp\noptions x y=1\n"])
  }

  @Test func `what a repair hides need not be unblocked, and what it uncovers does`() {
    // The declared file is missing, and will hide the vendor's.
    let hiding = plan(.made([load: "sctp", "/usr/lib/modprobe.d/sctp-blacklist.conf": "blacklist sctp\n"]))
    #expect(written(hiding) == [blacklist: ""])
    // kmod ignores the install line only as long as the declared file has the softdep.
    var node = NodeState.made([
      blacklist: "softdep sctp pre: udp_tunnel\n", load: "sctp", "/etc/modprobe.d/a.conf": "install sctp /bin/false\n",
    ])
    node.softdepsInTree = [ModuleName("udp_tunnel")]
    #expect(
      written(plan(node, .all)) == [blacklist: "", "/etc/modprobe.d/a.conf": "# install sctp /bin/false\n"])
  }

  @Test func `a vendor file stays and is shadowed by an edited copy`() {
    let plan = plan(
      .made([blacklist: "", load: "sctp", "/usr/lib/modprobe.d/v.conf": "blacklist sctp\nblacklist a\n"]))
    #expect(written(plan) == ["/etc/modprobe.d/v.conf": "# blacklist sctp\nblacklist a\n"])
  }

  @Test func `the policy declared changes no unmanaged file`() {
    let node = NodeState.made([blacklist: "", load: "sctp", "/etc/modprobe.d/h.conf": "blacklist sctp\n"])
    let plan = plan(node, .declared)
    #expect(plan.writes.isEmpty)
    // An explicit load is not stopped by a blacklist.
    #expect(plan.steps == [.load(sctp)])
    #expect(verdicts(node, .declared).autoload.isOpen == false)
  }

  @Test(arguments: [UnblockPolicy.declared, .blacklist])
  func `an install line stops the load unless the policy is all`(policy: UnblockPolicy) {
    let node = NodeState.made([blacklist: "", load: "sctp", "/etc/modprobe.d/h.conf": "install sctp /bin/true\n"])
    #expect(plan(node, policy).steps.isEmpty)
    let all = plan(node, .all)
    #expect(written(all) == ["/etc/modprobe.d/h.conf": "# install sctp /bin/true\n"])
    #expect(all.steps.last == .load(sctp))
  }

  /// Lines that stop nothing, though they look like it, are left to their owner under every policy.
  @Test(arguments: [
    "softdep sctp pre: udp_tunnel\ninstall sctp /bin/false\n",
    "install sctp /sbin/modprobe -i sctp\ninstall sctp /bin/false\n",
    "alias net-pf-2-proto-132 sctp\ninstall net-pf-2-proto-132 /bin/true\n",
    "install net-pf-2-proto-132 /sbin/modprobe sctp\n", "remove sctp /bin/true\n",
  ])
  func `a line that stops nothing is left alone`(text: String) {
    let node = NodeState.made([blacklist: "", load: "sctp", "/etc/modprobe.d/h.conf": text])
    #expect(plan(node, .all).steps == [.load(sctp)])
  }

  @Test func `what is part of the kernel needs no edit`() {
    let node = NodeState.made(
      [blacklist: "", load: "sctp", "/etc/modprobe.d/h.conf": "blacklist sctp\n"], state: .builtin)
    #expect(plan(node, .all).steps.isEmpty)
  }

  @Test func `an install line that answers a request is commented out under the widest policy only`() {
    let path = "/etc/modprobe.d/h.conf"
    let node = NodeState.made([blacklist: "", load: "sctp", path: "install net-pf-2-proto-132 /bin/true\n"])
    #expect(verdicts(node, .blacklist).autoload.isOpen == false)
    #expect(plan(node, .blacklist).writes.isEmpty)
    #expect(written(plan(node, .all)) == [path: "# install net-pf-2-proto-132 /bin/true\n"])
    #expect(verdicts(node, .all).autoload.isOpen == true)
  }

  /// A line that is declared would come back into the file, so it has to leave what declares it.
  @Test(arguments: [DesiredFile.Owner.intent, .machineConfigDaemon])
  func `the remedy of a declared line is to remove the declaration`(owner: DesiredFile.Owner) {
    let path = "/etc/modprobe.d/own.conf"
    let file = DesiredFile(
      path: path, owner: owner, contents: Array("blacklist sctp\n".utf8), mode: nil,
      at: SourceLocation(file: "a.yaml", line: 3, column: 5), machineConfig: "mc")
    func remedy(found: String) -> String? {
      LoadVerdicts(module: sctp, node: .made([path: found]), desired: .made([file])).autoload.blockedBy.first?.remedy
    }
    #expect(remedy(found: "blacklist sctp\n")?.hasPrefix("remove line 1 of '\(path)' from ") == true)
    #expect(remedy(found: "blacklist sctp\n")?.contains("'mc'") == true)
    // The agent itself puts right what is not as it is declared.
    #expect(remedy(found: "#\nblacklist sctp\n") == "sctp-agent apply")
  }

  @Test func `an install line of a dependency stops the load`() {
    let node = NodeState.made([
      blacklist: "", load: "sctp", "/etc/modprobe.d/h.conf": "install udp_tunnel /bin/false\n",
    ])
    let plan = plan(node)
    #expect(plan.steps.isEmpty)
    #expect(verdicts(node).explicit.blockedBy.first?.module == udpTunnel)
  }

  @Test func `alias off is commented out under the widest policy only`() {
    let path = "/etc/modprobe.d/off.conf"
    let node = NodeState.made([blacklist: "", load: "sctp", path: "alias net-pf-10-proto-132 off\n"])
    #expect(verdicts(node, .blacklist).autoload.isOpen == false)
    #expect(verdicts(node, .blacklist).boot.isOpen == true)
    #expect(written(plan(node, .all)) == [path: "# alias net-pf-10-proto-132 off\n"])
  }

  @Test func `a file that the intent itself declares is never edited`() {
    let file = DesiredFile(
      path: "/etc/modprobe.d/own.conf", contents: Array("blacklist sctp\n".utf8), mode: nil,
      at: SourceLocation(file: "x", line: 1, column: 1), machineConfig: "x")
    let (desired, node) = (DesiredState.made([file]), NodeState.made())
    let plan = Plan(desired: desired, node: node, policy: .all)
    #expect(written(plan) == ["/etc/modprobe.d/own.conf": "blacklist sctp\n"])
    let after = LoadVerdicts(module: sctp, node: node.applying(plan.writes), desired: desired)
    #expect(after.autoload.blockedBy.first?.location.description == "/etc/modprobe.d/own.conf:1")
  }

  @Test func twoSpellingsOfALetterAreTwoFiles() {
    let paths = ["/etc/modprobe.d/e\u{301}.conf", "/etc/modprobe.d/\u{E9}.conf"]
    func write(_ path: String, _ text: String) -> FileWrite {
      FileWrite(path: path, contents: Array(text.utf8), mode: FileMode(0o644), account: .root)
    }
    func bytes(_ writes: [FileWrite]) -> [[UInt8]] { writes.map { Array($0.path.utf8) + [0] + $0.contents } }
    let found = [write(paths[0], "blacklist sctp\n"), write(paths[1], "#\nblacklist sctp\n")]
    let node = NodeState.made([blacklist: "", load: "sctp"]).applying(found)
    #expect(
      bytes(plan(node).writes)
        == bytes([write(paths[0], "# blacklist sctp\n"), write(paths[1], "#\n# blacklist sctp\n")]))
    let declared = DesiredFile(
      path: paths[1], contents: [], mode: nil, at: SourceLocation(file: "x", line: 1, column: 1), machineConfig: "x")
    let other = NodeState.made().applying([write(paths[0], "")])
    #expect(bytes(Plan(desired: .made([declared]), node: other, policy: .all).writes) == bytes([write(paths[1], "")]))
  }

  @Test func `a directory with a declared name is refused and the rest goes on`() {
    var node = NodeState.made([load: "x"])
    node.entries[PathKey(blacklist)] = FileEntry(
      path: blacklist, kind: .directory, mode: FileMode(0o755), account: .root, contents: nil)
    let plan = plan(node)
    #expect(plan.files.first { $0.path == blacklist }?.failure?.reason == .isDirectory)
    #expect(written(plan) == [load: "sctp"])
  }

  @Test func `a symlink with a declared name is replaced`() {
    var node = NodeState.made([load: "sctp"])
    node.entries[PathKey(blacklist)] = FileEntry(
      path: blacklist, kind: .symlink(to: "/dev/null"), mode: FileMode(0o777), account: .root, contents: nil)
    let step = plan(node).steps.first
    #expect(step?.path == blacklist)
    guard case .write(let write, because: .declared(_, .kind))? = step else {
      Issue.record("expected the link to be replaced")
      return
    }
    #expect(write.mode == FileMode(0o644))
  }

  @Test func `an omitted source keeps the bytes that are there`() {
    let file = DesiredFile(
      path: blacklist, contents: nil, mode: FileMode(0o600), at: SourceLocation(file: "x", line: 1, column: 1),
      machineConfig: "x")
    let kept = Plan(desired: .made([file], wanted: []), node: .made([blacklist: "# mine\n"]), policy: .declared)
    #expect(kept.writes.map(\.contents) == [Array("# mine\n".utf8)])
    let made = Plan(desired: .made([file], wanted: []), node: .made(), policy: .declared)
    #expect(made.writes.map(\.contents) == [[]])
  }

  @Test func `appended bytes are appended once`() {
    let file = DesiredFile(
      path: blacklist, contents: nil, appended: Array("b\n".utf8), mode: nil,
      at: SourceLocation(file: "x", line: 1, column: 1), machineConfig: "x")
    let desired = DesiredState.made([file], wanted: [])
    let first = Plan(desired: desired, node: .made([blacklist: "a\n"]), policy: .declared)
    #expect(first.writes.map(\.contents) == [Array("a\nb\n".utf8)])
    #expect(Plan(desired: desired, node: .made([blacklist: "a\nb\n"]), policy: .declared).steps.isEmpty)
  }

  @Test func `a plan never writes outside the two directories`() {
    let node = NodeState.made([
      "/usr/lib/modprobe.d/v.conf": "blacklist sctp\n", "/lib/modprobe.d/w.alias": "blacklist sctp\n",
      "/run/modprobe.d/r.conf": "install sctp /bin/false\n",
    ])
    for policy in UnblockPolicy.allCases {
      for write in plan(node, policy).writes { #expect(WritablePath.refusal(of: write.path) == nil) }
    }
  }

  @Test func `a blacklist in a directory that cannot be written is reported with its cause`() {
    var node = NodeState.made([blacklist: "", load: "sctp", "/etc/modprobe.d/h.conf": "blacklist sctp\n"])
    let readOnly = FileFailure(.write, "/etc/modprobe.d", errno: 30, reason: .readOnly, message: "read-only (EROFS)")
    node.writable["/etc/modprobe.d"] = .no(readOnly)
    let plan = plan(node)
    #expect(plan.writes.isEmpty)
    #expect(plan.files.first { $0.path == "/etc/modprobe.d/h.conf" }?.failure == readOnly)
  }

  @Test func `an owner that the node does not know is refused`() {
    let file = DesiredFile(
      path: blacklist, contents: [], mode: nil, user: .name("nobody-here"),
      at: SourceLocation(file: "x", line: 1, column: 1), machineConfig: "x")
    let plan = Plan(desired: .made([file]), node: .made(), policy: .declared)
    #expect(plan.writes.isEmpty)
    #expect(plan.files.first?.failure?.reason == .noSuchOwner)
  }

  @Test func `the number that chown takes for "as it is" is no owner`() {
    for owner in [DesiredFile.Principal.id(.max), .name("odd")] {
      let file = DesiredFile(
        path: blacklist, contents: [], mode: nil, user: owner, at: SourceLocation(file: "x", line: 1, column: 1),
        machineConfig: "x")
      var node = NodeState.made()
      node.users = ["odd": .max]
      let plan = Plan(desired: .made([file]), node: node, policy: .declared)
      #expect(plan.writes.isEmpty)
      #expect(plan.files.first?.failure?.reason == .noSuchOwner)
    }
  }

  @Test(arguments: [FileEntry.Kind.fifo, .symlink(to: "/dev/null"), .directory, .device])
  func `an edited file that became something else is not in sync, for it is not the agent's any more`(
    _ kind: FileEntry.Kind
  ) {
    let path = "/etc/modprobe.d/hardening.conf"
    var node = NodeState.made([blacklist: "", load: "sctp"], state: .live)
    node.entries[PathKey(path)] = FileEntry(
      path: path, kind: kind, mode: FileMode(0o644), account: .root, contents: nil)
    let plan = Plan(desired: .documented, node: node, policy: .blacklist, overridden: [PathKey(path)])
    #expect(!plan.files.contains { $0.path == path })
  }

  @Test func `every step is said in one line`() {
    let write = FileWrite(path: blacklist, contents: [], mode: FileMode(0o644), account: .root)
    let managed = Step.write(write, because: .managed(by: "currentconfig", .owner))
    #expect(managed.description == "write \(blacklist) (managed through currentconfig: its owner differs)")
    #expect(Step.write(write, because: .restores).path == blacklist)
    #expect(Step.remove(path: load).description == "remove \(load)")
    #expect(Step.link(path: load, target: "/dev/null").description == "link \(load) to /dev/null")
    #expect(Step.load(sctp).path == nil)
  }

  @Test func `a file whose name is not UTF-8 is a blocker and no step`() {
    let name = "/etc/modprobe.d/b" + String(decoding: [0xFF], as: UTF8.self) + ".conf"
    let node = NodeState.made([blacklist: "", load: "sctp", name: "blacklist sctp\n"])
    #expect(plan(node).writes.isEmpty)
    #expect(verdicts(node).autoload.blockedBy.map(\.location.file) == [name])
  }
}
