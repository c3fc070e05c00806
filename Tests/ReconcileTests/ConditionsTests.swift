import MachineIntent
import Modprobe
import Testing

@testable import Reconcile

private let now = Timestamp(milliseconds: 1_795_516_800_000)

private func observation(
  _ node: NodeState, desired: DesiredState = .documented, policy: UnblockPolicy = .declared, outcomes: [Outcome] = [],
  probes: [AddressFamily: ProbeReading] = [:]
) -> Observation {
  Observation(
    desired: desired, node: node, plan: Plan(desired: desired, node: node, policy: policy), outcomes: outcomes,
    probes: probes, at: now)
}

private let inSync = ["/etc/modprobe.d/sctp-blacklist.conf": "", "/etc/modules-load.d/sctp-load.conf": "sctp"]
private let proved: [AddressFamily: ProbeReading] = [
  .ipv4: ProbeReading(result: .success(ProbeTime(seconds: 0.0004)), at: now)
]

private func statuses(_ observation: Observation) -> [String] {
  Conditions(observation).all.map { "\($0.type.rawValue)=\($0.status.rawValue)" }
}

@Test func aProvedNodeIsReady() {
  #expect(
    statuses(observation(.made(inSync, state: .live), probes: proved)) == [
      "IntentValid=True", "FilesInSync=True", "Unblocked=True", "ModuleLoaded=True", "ProtocolUsable=True",
      "Ready=True",
    ])
}

@Test func readyNamesTheBlockingLineRatherThanTheDriftThatItIs() {
  let node = NodeState.made(inSync.merging(["/etc/modprobe.d/sctp.conf": "#\nblacklist sctp\n"]) { $1 })
  let ready = Conditions(observation(node, policy: .blacklist)).all.last
  #expect(ready?.reason == "Blocked")
  #expect(ready?.message == "sctp is blacklisted at /etc/modprobe.d/sctp.conf:2")
}

@Test func aWriteThatFailsIsTheCauseAndNotTheBlacklistThatStays() {
  let failure = FileFailure(
    .write, "/etc/modprobe.d/sctp-blacklist.conf", errno: 30, token: "ReadOnly", reason: "read-only file system")
  let node = NodeState.made(["/etc/modprobe.d/sctp-blacklist.conf": "blacklist sctp\n"])
  let write = FileWrite(path: failure.path, contents: [], mode: FileMode(0o644), user: 0, group: 0)
  let outcome = Outcome(step: .write(write, because: .declared(by: "x", .contents)), failure: .file(failure))
  #expect(Conditions(observation(node, outcomes: [outcome])).all.last?.reason == "ReadOnly")
}

@Test func anInvalidIntentKeepsTheLastGoodOneAndSaysSo() {
  var kept = observation(.made(inSync, state: .live), probes: proved)
  kept.intentErrors = [
    ConfigIssue(.error, at: SourceLocation(file: "a.yaml", line: 3, column: 5), code: "x", message: "bad mode")
  ]
  let condition = Conditions(kept).all[0]
  #expect(condition.status == .no)
  #expect(condition.message == "a.yaml:3:5: bad mode; the last good intent stays in force")
}

@Test func aLiveModuleThatShouldBeKeptOutIsPinnedUntilReboot() {
  let node = NodeState.made(["/etc/modprobe.d/no.conf": "blacklist sctp\n"], state: .live, facts: { $0.refcount = 2 })
  let conditions = Conditions(observation(node, desired: .made([], wanted: [], keptOut: [sctp]))).all
  #expect(conditions.map(\.type.rawValue)[3] == "ModuleAbsent")
  #expect(conditions[3].reason == "PinnedUntilReboot")
  #expect(conditions[2].status == .yes)
}

@Test func aModuleThatIsKeptOutMakesTheNodeReady() {
  let node = NodeState.made(["/etc/modprobe.d/no.conf": "install sctp /bin/false\nblacklist sctp\n"])
  let conditions = Conditions(observation(node, desired: .made([], wanted: [], keptOut: [sctp]))).all
  #expect(conditions.last?.status == .yes)
  #expect(conditions.last?.reason == "KeptOut")
}

@Test func anAbsentAddressFamilyIsNoFaultOfSCTP() {
  var probes = proved
  probes[.ipv6] = ProbeReading(
    result: .failure(ProbeFailure(call: "socket", errno: 97, reason: "IPv6 is off")), at: now)
  #expect(statuses(observation(.made(inSync, state: .live), probes: probes)).last == "Ready=True")
}

@Test func transitionTimesMoveOnlyWithTheStatus() {
  var history = History()
  let agent = AgentIdentity(
    node: "n", version: "0", mode: "manual", pid: 1, startedAt: now, policy: .blacklist, observeOnly: false)
  func report(_ observation: Observation, at seconds: Int) -> StatusDocument {
    var later = observation
    later.at = now.adding(seconds: seconds)
    return StatusDocument(later, agent: agent, history: &history)
  }
  let live = observation(.made(inSync, state: .live), probes: proved)
  _ = report(live, at: 0)
  #expect(report(live, at: 60).conditions.allSatisfy { $0.lastTransitionTime == now.description })
  let broken = report(observation(.made(inSync)), at: 120)
  #expect(broken.conditions.last?.lastTransitionTime == now.adding(seconds: 120).description)
  #expect(broken.conditions[0].lastTransitionTime == now.description)
}

@Test func onlyWhatWasInSyncDrifts() {
  var history = History()
  let before = Plan(desired: .documented, node: .made(), policy: .declared)
  #expect(history.found(before.files, converged: false, at: now).isEmpty)
  let good = Plan(desired: .documented, node: .made(inSync), policy: .declared)
  #expect(history.found(good.files, converged: false, at: now).isEmpty)
  #expect(history.found(before.files, converged: true, at: now).count == 2)
  #expect(history.driftTotal == 2)
}
