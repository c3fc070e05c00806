import Foundation
import MachineIntent
import Modprobe
import Testing

@testable import Reconcile

@Suite struct StatusDocumentTests {
  private let began = Timestamp(milliseconds: 1_795_516_800_000)
  private let inSync = ["/etc/modprobe.d/sctp-blacklist.conf": "", "/etc/modules-load.d/sctp-load.conf": "sctp"]

  private func document(
    _ node: NodeState, desired: DesiredState = .documented, hold: Hold? = nil, contended: Set<String> = [],
    errors: [ConfigIssue] = [], history: inout History, at seconds: Int = 0
  ) -> StatusDocument {
    let agent = AgentIdentity(
      node: "n", version: "0", mode: "manual", pid: 1, startedAt: began, policy: .blacklist, observeOnly: false)
    var pass = PassRecord(
      desired: desired, intentErrors: errors, node: node,
      plan: Plan(desired: desired, node: node, policy: .declared), hold: hold, at: began.adding(seconds: seconds))
    pass.contended = contended
    return StatusDocument(pass, agent: agent, history: &history)
  }

  private func document(_ node: NodeState, hold: Hold? = nil, contended: Set<String> = []) -> StatusDocument {
    var history = History()
    return document(node, hold: hold, contended: contended, history: &history)
  }

  @Test func `a way names at most 64 rules and how many more there are`() throws {
    let lines = String(repeating: "blacklist sctp\n", count: 100)
    let ways = try #require(document(.made(["/etc/modprobe.d/x.conf": lines])).modules.first?.verdicts)
    #expect(ways.autoload.blockedBy.count == 64 && ways.autoload.more == 36)
    #expect(ways.boot.blockedBy.count == 64 && ways.boot.more == 36)
    #expect(ways.explicit.blockedBy.isEmpty && ways.explicit.more == nil)
    let one = try #require(document(.made(["/etc/modprobe.d/x.conf": "blacklist sctp\n"])).modules.first?.verdicts)
    #expect(one.autoload.more == nil)
  }

  @Test func `the document stays below 512 KiB with 8,000 rules and 8,000 bad lines`() throws {
    let long = String(repeating: "x", count: 4000)
    var text = ""
    for number in 0..<8000 {
      text += number.isMultiple(of: 2) ? "blacklist sctp\n" : "install sctp /bin/false \(long)\n"
      text += "nonsense \(number) \(number.isMultiple(of: 100) ? long : "")\n"
    }
    let document = document(.made(["/etc/modprobe.d/x.conf": text]))
    #expect(try JSONEncoder().encode(document).count < 512 * 1024)
    #expect(document.notes.count <= 65)
  }

  @Test func `a rule says what removes it, and not to clients`() throws {
    let rules = "blacklist sctp\ninstall sctp /bin/false\noptions sctp no_checksums=perhaps\n"
    let node = NodeState.made(
      ["/etc/modprobe.d/x.conf": rules], commandLine: "module_blacklist=sctp",
      facts: { $0.parameters = ["no_checksums": ParameterType("bool")] })
    let document = document(node)
    let way = try #require(document.modules.first?.verdicts.autoload)
    let cures = Dictionary(way.blockedBy.map { ($0.line, $0.cure) }, uniquingKeysWith: { first, _ in first })
    #expect(cures == [0: .reboot, 1: .unblock(.blacklist), 2: .unblock(.all), 3: .byHand])
    let sent = try JSONDecoder().decode(StatusDocument.self, from: JSONEncoder().encode(document))
    #expect(sent.modules.first?.verdicts.autoload.blockedBy.map(\.cure) == way.blockedBy.map { _ in .byHand })
  }

  @Test func `a file that is not in sync says why`() {
    let path = "/etc/modprobe.d/sctp-blacklist.conf"
    func message(_ document: StatusDocument) -> String? { document.files.first { $0.path == path }?.message }
    #expect(message(document(.made(inSync))) == nil)
    #expect(message(document(.made())) == Drift.missing.sentence)
    let hold = Hold(after: [began], at: began, settle: .seconds(5))
    #expect(message(document(.made(), hold: hold)) == hold?.description)
    #expect(message(document(.made(), contended: [path])) == "something else keeps rewriting it; the agent backs off")
  }

  @Test func `an agent that only observes says how drift is cured`() {
    let agent = AgentIdentity(
      node: "n", version: "0", mode: "manual", pid: 1, startedAt: began, policy: .blacklist, observeOnly: true)
    let node = NodeState.made()
    let pass = PassRecord(
      desired: .documented, node: node, plan: Plan(desired: .documented, node: node, policy: .blacklist), at: began)
    var history = History()
    let condition = StatusDocument(pass, agent: agent, history: &history).conditions.first { $0.type == .filesInSync }
    #expect(condition?.message.hasSuffix("; remove --observe-only, or run: sctp-agent apply") == true)
  }

  @Test func `the userland is what was found, and null otherwise`() throws {
    var node = NodeState.made(inSync)
    #expect(document(node).userland.kmod == nil)
    var surroundings = node.surroundings
    surroundings.userland = Userland(kmod: KmodVersion(28), systemd: SystemdVersion(252))
    node = NodeState(
      surroundings: surroundings, modprobeDropIns: [[], [], [], [], []], modulesLoadDropIns: [[], [], [], [], []])
    let found = document(node)
    #expect(found.userland.kmod == "28" && found.userland.systemd == "252")
    #expect(found.notes.contains("rules applied: kmod 28, systemd 252"))
    let json = try #require(
      JSONSerialization.jsonObject(with: JSONEncoder().encode(document(.made(inSync)))) as? [String: Any])
    #expect((json["userland"] as? [String: Any])?.keys.sorted() == ["kmod", "systemd"])
  }

  @Test func `the last events are kept, the newest first`() {
    var history = History()
    _ = document(.made(inSync, state: .live), history: &history)
    #expect(history.recent.isEmpty)
    let broken = document(.made(["/etc/modprobe.d/x.conf": "blacklist sctp\n"]), history: &history, at: 60)
    #expect(broken.recent.contains { $0.what == .condition && $0.subject == "FilesInSync" })
    #expect(broken.recent.allSatisfy { $0.at == began.adding(seconds: 60).description })
    let file = TrackedFile(path: "/etc/modprobe.d/a.conf", owner: .intent, contents: [], mode: nil, drift: nil)
    let drifted = TrackedFile(
      path: "/etc/modprobe.d/a.conf", owner: .intent, contents: [], mode: nil, drift: .contents)
    _ = history.found([file], converged: true, at: began)
    _ = history.found([drifted], converged: true, at: began.adding(seconds: 70))
    #expect(history.recent.first?.what == .drift && history.recent.first?.subject == "/etc/modprobe.d/a.conf")
    history.acted([Outcome(step: .load(sctp), failure: nil)], at: began.adding(seconds: 80))
    #expect(history.recent.first?.what == .load && history.recent.first?.subject == "sctp")
    let write = FileWrite(path: file.path, contents: [], mode: FileMode(0o644), account: .root)
    history.acted(
      [Outcome(step: .write(write, because: .declared(by: "x", .contents)), failure: nil)],
      at: began.adding(seconds: 90))
    #expect(history.recent.first?.what == .repair && history.recent.first?.subject == file.path)
    for number in 0..<100 { history.record(RecentEvent(.path, "peer\(number)", "no answer", at: began)) }
    #expect(history.recent.count == 20)
    #expect(history.recent.first?.subject == "peer99")
  }

  @Test func `an event that repeats itself is kept once`() {
    var history = History()
    for _ in 0..<5 { history.record(RecentEvent(.load, "sctp", "failed", at: began)) }
    #expect(history.recent.count == 1)
  }

  @Test func `a new intent and a refused one are events`() {
    var history = History()
    _ = document(.made(inSync), history: &history)
    let other = DesiredState(
      sources: ["b.yaml"], digest: "sha256:1", machineConfigs: ["other"], files: [], wanted: [], keptOut: [],
      ignored: [],
      issues: [])
    _ = document(.made(inSync), desired: other, history: &history, at: 1)
    #expect(history.recent.contains { $0.what == .intent && $0.subject == "b.yaml" && $0.message == "in force: other" })
    let error = ConfigIssue(
      .error, at: SourceLocation(file: "a.yaml", line: 3, column: 5), code: .mode, message: "bad mode")
    _ = document(.made(inSync), errors: [error], history: &history, at: 2)
    #expect(history.recent.contains { $0.what == .intent && $0.message == "refused: a.yaml:3:5: bad mode" })
  }
}
