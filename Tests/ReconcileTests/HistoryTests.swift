import MachineIntent
import Testing

@testable import Reconcile

@Suite struct HistoryTests {
  private func verdict(_ path: String) -> TrackedFile {
    TrackedFile(path: path, owner: .override, contents: [], mode: FileMode(0o644), drift: .blocks)
  }

  private let began = Timestamp(milliseconds: 1_795_516_800_000)
  private let inSync = ["/etc/modprobe.d/sctp-blacklist.conf": "", "/etc/modules-load.d/sctp-load.conf": "sctp"]

  @Test func transitionTimesMoveOnlyWithTheStatus() {
    var history = History()
    let agent = AgentIdentity(
      node: "n", version: "0", mode: "manual", pid: 1, startedAt: began, policy: .blacklist, observeOnly: false)
    func conditions(of node: NodeState, at seconds: Int) -> [Condition] {
      let plan = Plan(desired: .documented, node: node, policy: .declared)
      let observation = PassRecord(
        desired: .documented, node: node, plan: plan, outcomes: [],
        probes: [.ipv4: ProbeReading(result: .success(ProbeTime(seconds: 0.0004)), at: began)],
        at: began.adding(seconds: seconds))
      return StatusDocument(observation, agent: agent, history: &history).conditions
    }
    let live = NodeState.made(inSync, state: .live)
    _ = conditions(of: live, at: 0)
    #expect(conditions(of: live, at: 60).allSatisfy { $0.lastTransitionTime == began.description })
    let broken = conditions(of: .made(inSync), at: 120)
    #expect(broken.last?.lastTransitionTime == began.adding(seconds: 120).description)
    #expect(broken[0].lastTransitionTime == began.description)
  }

  @Test func onlyWhatWasInSyncDrifts() {
    var history = History()
    let before = Plan(desired: .documented, node: .made(), policy: .declared)
    #expect(history.found(before.files, converged: false, at: began).isEmpty)
    let good = Plan(desired: .documented, node: .made(inSync), policy: .declared)
    #expect(history.found(good.files, converged: false, at: began).isEmpty)
    #expect(history.found(before.files, converged: true, at: began).count == 2)
    #expect(history.driftTotal == 2)
  }

  @Test func filesThatAreGoneAreForgottenFromTheOldestOn() {
    var history = History()
    for turn in 0..<10_000 {
      let now = Timestamp(milliseconds: Int64(turn))
      _ = history.found([verdict("/declared"), verdict("/passing/\(turn)")], converged: true, at: now)
    }
    #expect(history.files.count < 300)
    #expect(history.files["/declared"]?.drifts[.blocks] == 10_000)
    #expect(history.files["/passing/9999"] != nil && history.files["/passing/0"] == nil)
    #expect(history.driftTotal == 20_000)
  }
}
