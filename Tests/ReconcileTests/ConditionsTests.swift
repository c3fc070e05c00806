import MachineIntent
import Modprobe
import Testing

@testable import Reconcile

private let now = Timestamp(milliseconds: 1_795_516_800_000)

private func observation(
  _ node: NodeState, desired: DesiredState = .documented, policy: UnblockPolicy = .declared, outcomes: [Outcome] = [],
  probes: [AddressFamily: ProbeReading] = [:]
) -> PassRecord {
  PassRecord(
    desired: desired, node: node, plan: Plan(desired: desired, node: node, policy: policy), outcomes: outcomes,
    probes: probes, at: now)
}

private let inSync = ["/etc/modprobe.d/sctp-blacklist.conf": "", "/etc/modules-load.d/sctp-load.conf": "sctp"]

private let proved: [AddressFamily: ProbeReading] = [
  .ipv4: ProbeReading(result: .success(ProbeTime(seconds: 0.0004)), at: now)
]

private let agent = AgentIdentity(
  node: "n", version: "0", mode: "manual", pid: 1, startedAt: now, policy: .blacklist, observeOnly: false)

private func statuses(_ observation: PassRecord) -> [String] {
  Conditions(observation).all.map { "\($0.type.rawValue)=\($0.status.rawValue)" }
}

private func condition(_ type: Condition.Kind, of observation: PassRecord) -> Condition? {
  Conditions(observation).all.first { $0.type == type }
}

@Suite struct ConditionsTests {
  @Test func `a proved node is ready`() {
    #expect(
      statuses(observation(.made(inSync, state: .live), probes: proved)) == [
        "IntentValid=True", "FilesInSync=True", "Unblocked=True", "ModuleLoaded=True", "ProtocolUsable=True",
        "Ready=True",
      ])
  }

  /// One module is wanted, and another is to be kept out.
  @Test func `a module to be kept out that is present is reported beside the wanted ones`() {
    let other = ModuleName("dccp")
    var node = NodeState.made(
      inSync.merging(["/etc/modprobe.d/d.conf": "install dccp /bin/false\nblacklist dccp\n"]) { $1 }, state: .live)
    let desired = DesiredState.made(DesiredState.documented.files, keptOut: [other])
    #expect(Conditions(observation(node, desired: desired, probes: proved)).all.last?.status == .yes)
    node.modules[other] = ModuleFacts(name: other, state: .live, refcount: 3)
    let conditions = Conditions(observation(node, desired: desired, probes: proved)).all
    let presence = conditions.first { $0.type == .moduleLoaded }
    #expect(presence?.reason == .pinnedUntilReboot)
    #expect(presence?.message.hasPrefix("dccp ") == true)
    #expect(conditions.last?.status == .no)
  }

  /// A node may be as it should be without SCTP, and then nobody may be told that SCTP works there.
  @Test func `only a node with SCTP is reported to have it`() {
    func document(_ node: NodeState, _ desired: DesiredState) -> StatusDocument {
      var history = History()
      return StatusDocument(observation(node, desired: desired, probes: proved), agent: agent, history: &history)
    }
    let usable = document(.made(inSync, state: .live), .documented)
    #expect(usable.ready && usable.isSCTPUsable)
    #expect(usable.message.contains("SCTP is usable"))
    let keptOut = document(
      .made(["/etc/modprobe.d/k.conf": "blacklist sctp\n"]), .made([], wanted: [], keptOut: [sctp]))
    for other in [keptOut, document(.made(inSync, state: .live), .made([], wanted: []))] {
      #expect(other.ready && !other.isSCTPUsable)
      #expect(!other.message.contains("SCTP is usable"))
    }
  }

  @Test func `ready names the blocking line rather than the drift`() {
    let node = NodeState.made(inSync.merging(["/etc/modprobe.d/sctp.conf": "#\nblacklist sctp\n"]) { $1 })
    let ready = Conditions(observation(node, policy: .blacklist)).all.last
    #expect(ready?.reason == .blocked)
    #expect(ready?.message == "sctp is blacklisted at /etc/modprobe.d/sctp.conf:2")
  }

  @Test func `a write that fails is the cause and not the blacklist that stays`() {
    let failure = FileFailure(
      .write, "/etc/modprobe.d/sctp-blacklist.conf", errno: 30, reason: .readOnly, message: "read-only file system")
    let node = NodeState.made(["/etc/modprobe.d/sctp-blacklist.conf": "blacklist sctp\n"])
    let write = FileWrite(path: failure.path, contents: [], mode: FileMode(0o644), account: .root)
    let outcome = Outcome(step: .write(write, because: .declared(by: "x", .contents)), failure: .file(failure))
    #expect(Conditions(observation(node, outcomes: [outcome])).all.last?.reason == .readOnly)
  }

  @Test func `an invalid intent keeps the last good one and says so`() {
    var kept = observation(.made(inSync, state: .live), probes: proved)
    kept.intentErrors = [
      ConfigIssue(.error, at: SourceLocation(file: "a.yaml", line: 3, column: 5), code: .mode, message: "bad mode")
    ]
    let condition = Conditions(kept).all[0]
    #expect(condition.status == .no)
    #expect(condition.message == "a.yaml:3:5: bad mode; the last good intent stays in force")
  }

  @Test func `a live module that should be kept out is pinned until reboot`() {
    let node = NodeState.made(["/etc/modprobe.d/no.conf": "blacklist sctp\n"], state: .live, facts: { $0.refcount = 2 })
    let conditions = Conditions(observation(node, desired: .made([], wanted: [], keptOut: [sctp]))).all
    #expect(conditions.map(\.type.rawValue)[3] == "ModuleAbsent")
    #expect(conditions[3].reason == .pinnedUntilReboot)
    #expect(conditions[2].status == .yes)
  }

  @Test func `a module that is kept out makes the node ready`() {
    let node = NodeState.made(["/etc/modprobe.d/no.conf": "install sctp /bin/false\nblacklist sctp\n"])
    let conditions = Conditions(observation(node, desired: .made([], wanted: [], keptOut: [sctp]))).all
    #expect(conditions.last?.status == .yes)
    #expect(conditions.last?.reason == .keptOut)
  }

  @Test func `an absent address family does not count against SCTP`() {
    var probes = proved
    probes[.ipv6] = ProbeReading(
      result: .failure(ProbeFailure(call: "socket", errno: 97, message: "IPv6 is off")), at: now)
    #expect(statuses(observation(.made(inSync, state: .live), probes: probes)).last == "Ready=True")
  }

  @Test func `before the first pass nothing is claimed`() {
    let nothing = PassRecord(desired: nil, node: nil, plan: nil, at: now)
    #expect(statuses(nothing).allSatisfy { $0.hasSuffix("=Unknown") })
    #expect(Conditions(nothing).all.last?.reason == .notRead)
  }

  @Test func `a conflict with the machine-config daemon makes the intent invalid`() {
    let place = SourceLocation(file: "a.yaml", line: 3, column: 5)
    let desired = DesiredState(
      sources: ["a.yaml"], digest: "", machineConfigs: ["x"], files: DesiredState.documented.files, wanted: [sctp],
      keptOut: [], ignored: [],
      issues: [ConfigIssue(.warning, at: place, code: .managedDiffers, message: "both differ")])
    let condition = condition(.intentValid, of: observation(.made(inSync, state: .live), desired: desired))
    #expect(condition?.status == .no)
    #expect(condition?.reason == .conflictsWithManaged)
    #expect(condition?.message == "a.yaml:3:5: both differ")
  }

  @Test func `drift is held while the machine-config daemon settles`() {
    var held = observation(.made(state: .live))
    held.hold = Hold(after: [now], at: now, settle: .seconds(5))
    #expect(condition(.filesInSync, of: held)?.reason == .held)
  }

  @Test func `a contended file is reported as contended`() {
    var fought = observation(.made(state: .live))
    fought.contended = ["/etc/modprobe.d/sctp-blacklist.conf"]
    #expect(condition(.filesInSync, of: fought)?.reason == .contended)
  }

  @Test func `a declared file that cannot be repaired names its cause`() {
    var node = NodeState.made()
    node.writable["/etc/modprobe.d"] = .no(
      FileFailure(
        .write, "/etc/modprobe.d", errno: 0, reason: .symlinkedDirectory, message: "the directory is a symlink")
    )
    let failed = condition(.filesInSync, of: observation(node))
    #expect(failed?.reason == .symlinkedDirectory)
    #expect(failed?.message == "failed to write '/etc/modprobe.d': the directory is a symlink")
  }

  @Test func `a drop-in that cannot be read leaves the verdicts unknown`() {
    var node = NodeState.made(inSync, state: .live)
    node.unreadDropIns = [
      FileFailure(.read, "/etc/modprobe.d/x.conf", errno: 5, reason: .inputOutput, message: "input/output error (EIO)")
    ]
    let observation = observation(node, probes: proved)
    #expect(condition(.unblocked, of: observation)?.status == .unknown)
    #expect(Conditions(observation).all.last?.status == .unknown)
  }

  @Test func `a module that is to be kept out and is not blocked is not ready`() {
    let open = observation(.made(), desired: .made([], wanted: [], keptOut: [sctp]))
    #expect(condition(.unblocked, of: open)?.reason == .notKeptOut)
  }

  @Test func `a built-in module cannot be kept out`() {
    let builtin = observation(.made(state: .builtin), desired: .made([], wanted: [], keptOut: [sctp]))
    #expect(condition(.moduleAbsent, of: builtin)?.reason == .builtIn)
  }

  @Test func `an intent that wants no module is ready without one`() {
    let none = observation(.made(), desired: .made([], wanted: []))
    #expect(statuses(none).last == "Ready=True")
    #expect(condition(.moduleLoaded, of: none)?.reason == .nothingWanted)
    #expect(condition(.protocolUsable, of: none)?.reason == .notWanted)
  }

  @Test func `a module that is coming is loading`() {
    #expect(condition(.moduleLoaded, of: observation(.made(inSync, state: .coming)))?.reason == .loading)
  }

  @Test(arguments: [(29, .loading), (30, .loadStalled), (900, .loadStalled)] as [(Int, Condition.Reason)])
  func `a load that does not end is loading and then stalled`(seconds: Int, reason: Condition.Reason) {
    var node = NodeState.made(inSync)
    node.unfinishedModuleWork = UnfinishedModuleWork(subject: "loading sctp", since: now.adding(seconds: -seconds))
    let loading = condition(.moduleLoaded, of: observation(node))
    #expect(loading?.reason == reason)
    #expect(loading?.message.hasPrefix("loading sctp has not finished since 20") == true)
  }

  @Test func `a load that has not ended is not a refusal`() {
    let failure = LoadFailure(module: sctp, isUnfinished: true)
    let blocker = LoadExplanation.blocker(for: failure, node: .made(inSync))
    #expect(blocker.reason == .loading)
    #expect(blocker.sentence == "the kernel has not finished the load; the agent checks it again")
    #expect("\(StepFailure.load(failure, blocker))".hasPrefix("module 'sctp' is still loading: "))
  }

  @Test func `a refused load gives the reason of the module's condition`() {
    let blocker = Blocker(
      .signature, module: sctp, location: .source("x"), text: "the kernel rejects it", remedy: "y")
    let outcome = Outcome(step: .load(sctp), failure: .load(LoadFailure(module: sctp, error: "EKEYREJECTED"), blocker))
    let refused = observation(.made(inSync), outcomes: [outcome])
    #expect(condition(.moduleLoaded, of: refused)?.reason == .signatureRejected)
    #expect(outcome.failure?.reason == .signatureRejected)
    #expect(outcome.failure?.description == "failed to load module 'sctp': the kernel rejects it")
  }

  @Test(arguments: [("EKEYREJECTED", false), ("ENOKEY", false), ("ENOEXEC", false), ("ENOMEM", true), ("EINVAL", true)])
  func `what the kernel says of the file itself blocks every way`(error: String, isOpen: Bool) {
    let node = NodeState.made(inSync)
    let failure = LoadFailure(module: sctp, error: error)
    let outcome = Outcome(
      step: .load(sctp), failure: .load(failure, LoadExplanation.blocker(for: failure, node: node)))
    let refused = observation(node, outcomes: [outcome])
    #expect(condition(.unblocked, of: refused)?.status == (isOpen ? .yes : .no))
    var history = History()
    let verdicts = StatusDocument(refused, agent: agent, history: &history).modules.first?.verdicts
    #expect(verdicts?.autoload.open == isOpen)
    #expect(verdicts?.boot.open == isOpen)
    #expect(verdicts?.explicit.open == isOpen)
  }

  @Test func `a probe that fails is named with its call`() {
    var probes = proved
    probes[.ipv6] = ProbeReading(
      result: .failure(ProbeFailure(call: "connect", errno: 110, message: "timed out (ETIMEDOUT)")), at: now)
    let failed = observation(.made(inSync, state: .live), probes: probes)
    #expect(condition(.protocolUsable, of: failed)?.reason == .probeFailed)
    #expect(condition(.protocolUsable, of: failed)?.message.hasSuffix("connect: timed out (ETIMEDOUT)") == true)
  }

  @Test func `a node without any address family proves nothing`() {
    let absent = ProbeReading(
      result: .failure(ProbeFailure(call: "socket", errno: 97, message: "not supported")), at: now)
    let node = observation(.made(inSync, state: .live), probes: [.ipv4: absent, .ipv6: absent])
    #expect(condition(.protocolUsable, of: node)?.message == "this node has neither IPv4 nor IPv6 on its loopback")
  }

  @Test func `a loaded module that has not been probed is unknown`() {
    #expect(condition(.protocolUsable, of: observation(.made(inSync, state: .live)))?.reason == .notProbed)
  }
}
