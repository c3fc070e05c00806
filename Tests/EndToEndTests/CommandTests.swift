import Foundation
import Testing

@Test func planShowsTheDiffsAndChangesNothing() throws {
  let node = try MadeUpNode()
  let before = try node.snapshot()
  let plan = try node.run("plan")
  #expect(plan.status == 2)
  #expect(plan.output.contains("-blacklist sctp\n"))
  #expect(plan.output.contains("+sctp\n\\ No newline at end of file\n"))
  #expect(plan.output.contains("# load sctp\n"))
  #expect(try node.snapshot() == before)
}

@Test func applyWritesTheDocumentedFilesAndASecondOneNothing() throws {
  let node = try MadeUpNode(moduleState: "live")
  let first = try node.run("apply")
  #expect(first.output.contains("done: write /etc/modprobe.d/sctp-blacklist.conf"))
  #expect(node.text("etc/modprobe.d/sctp-blacklist.conf") == "")
  #expect(node.text("etc/modules-load.d/sctp-load.conf") == "sctp")
  let before = try node.snapshot()
  let second = try node.run("apply")
  #expect(!second.output.contains("done:"))
  #expect(try node.snapshot() == before)
  #expect(try node.run("plan").status == 0)
}

@Test func revertBringsEveryByteBack() throws {
  let node = try MadeUpNode(moduleState: "live")
  try node.put("etc/modprobe.d/hardening.conf", "# Fünf\r\nblacklist sctp\n\u{FEFF}options x")
  let before = try node.snapshot()
  _ = try node.run("apply")
  #expect(node.text("etc/modprobe.d/hardening.conf")?.contains("\n# blacklist sctp\n") == true)
  let revert = try node.run("revert")
  #expect(revert.status == 0)
  #expect(revert.output.contains("module sctp stays loaded until the next boot"))
  let after = try node.snapshot().filter { !$0.key.hasPrefix("var/") }
  #expect(after == before)
}

@Test func revertLeavesWhatSomebodyElseHasChangedSince() throws {
  let node = try MadeUpNode(moduleState: "live")
  _ = try node.run("apply")
  try node.put("etc/modules-load.d/sctp-load.conf", "sctp\ndccp\n")
  let revert = try node.run("revert")
  #expect(revert.status == 1)
  #expect(node.text("etc/modules-load.d/sctp-load.conf") == "sctp\ndccp\n")
}

@Test func checkSaysInOneLineWhichRuleBlocks() throws {
  let check = try MadeUpNode().run("check")
  #expect(check.status == 1)
  #expect(check.output == "NotOK: Blocked: sctp is blacklisted at /etc/modprobe.d/sctp-blacklist.conf:2\n")
}

@Test(arguments: [("check", 2), ("explain", 2), ("plan", 1), ("apply", 1)] as [(String, Int32)])
func aRootThatIsNotThereIsSaid(command: String, status: Int32) throws {
  let outcome = try MadeUpNode.run([command, "--root", "/nowhere"])
  #expect(outcome.status == status)
  #expect((outcome.output + outcome.errors).contains("failed to list '/nowhere': there is no such directory"))
}

@Test func whoeverMayNotReadTheLedgerMayStillCheckAndExplain() throws {
  let node = try MadeUpNode(moduleState: "live")
  _ = try node.run("apply")
  // A directory in its place: what root cannot read either.
  let ledger = node.root.appending(path: "var/lib/sctp-agent/ledger.jsonl")
  try FileManager.default.removeItem(at: ledger)
  try FileManager.default.createDirectory(at: ledger, withIntermediateDirectories: true)
  #expect(try node.run("explain").status == 0)
  #expect(try node.run("check").output.contains("ledger") == false)
  #expect(try node.run("apply").errors.contains("ledger.jsonl"))
}

@Test func explainNamesTheWinningRuleOfEachWay() throws {
  let node = try MadeUpNode()
  try node.put("etc/modprobe.d/a.conf", "install sctp /bin/false\n")
  let text = try node.run("explain")
  #expect(text.status == 1)
  let blocked = "explicit load (modprobe): blocked\n  /etc/modprobe.d/a.conf:1: install sctp /bin/false"
  #expect(text.output.contains(blocked))
  let json = try node.run("explain", "-o", "json")
  let document = try #require(
    JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
  #expect(Set(document.keys) == ["kernel", "modules", "notes"])
  let modules = try #require(document["modules"] as? [[String: Any]])
  #expect(modules[0]["name"] as? String == "sctp")
}

@Test(arguments: [
  ("plan", "apiVersion: v1\nkind: MachineConfig\nspec: [\n"),
  ("apply", "{\"ignition\": {\"version\": \"9.0.0\"}}"),
])
func aBadIntentIsRefusedWithItsPlaceAndNothingIsWritten(command: String, intent: String) throws {
  let node = try MadeUpNode()
  let before = try node.snapshot()
  let outcome = try node.run(command, "--intent", "-", input: intent)
  #expect(outcome.status == 1)
  #expect(outcome.errors.firstMatch(of: /^-:\d+:\d+: error: .+ \[[a-z-]+\]/) != nil)
  #expect(try node.snapshot() == before)
}

@Test(arguments: ["intents", "./intents/", "intents/bad.yaml", "root/../intents/bad.yaml"])
func aRelativeIntentIsFoundAndNamedAsGiven(path: String) throws {
  let node = try MadeUpNode()
  try node.put("../intents/bad.yaml", "kind: MachineConfig\nspec: [\n")
  let outcome = try node.run("plan", "--intent", path)
  let name = path.hasSuffix(".yaml") ? path : path.hasSuffix("/") ? path + "bad.yaml" : path + "/bad.yaml"
  #expect(outcome.status == 1)
  #expect(outcome.errors.hasPrefix("\(name):"))
  #expect(!outcome.errors.contains("[unreadable]"))
}

@Test func anIntentThatIsNotThereIsTheOnlyFinding() throws {
  let outcome = try MadeUpNode().run("plan", "--intent", "nowhere.yaml")
  #expect(outcome.status == 1)
  #expect(outcome.errors.split(separator: "\n").count == 1)
  #expect(outcome.errors.hasPrefix("nowhere.yaml:1:1: error: "))
}

@Test func pathsOutsideTheTwoDirectoriesAreIgnoredAndListed() throws {
  let node = try MadeUpNode(moduleState: "live")
  let intent = """
    apiVersion: machineconfiguration.openshift.io/v1
    kind: MachineConfig
    metadata: {name: x, labels: {machineconfiguration.openshift.io/role: worker}}
    spec:
      config:
        ignition: {version: 3.2.0}
        storage:
          files:
          - {path: /etc/crio/crio.conf, mode: 420, contents: {source: "data:,x"}}
          - {path: /etc/modules-load.d/s.conf, mode: 420, contents: {source: "data:,sctp%0A"}}
    """
  let outcome = try node.run("apply", "-o", "json", "--intent", "-", input: intent)
  #expect(node.text("etc/crio/crio.conf") == nil)
  #expect(node.text("etc/modules-load.d/s.conf") == "sctp\n")
  #expect(outcome.output.contains("\"path\" : \"/etc/crio/crio.conf\""))
}

@Test func aSymlinkedDirectoryIsRefusedAndTheOtherOneIsWritten() throws {
  let node = try MadeUpNode(moduleState: "live")
  let link = node.root.appending(path: "etc/modules-load.d")
  try FileManager.default.removeItem(at: link)
  try FileManager.default.createDirectory(at: node.root.appending(path: "elsewhere"), withIntermediateDirectories: true)
  try FileManager.default.createSymbolicLink(atPath: link.path, withDestinationPath: "/elsewhere")
  let outcome = try node.run("apply")
  #expect(outcome.status == 1)
  #expect(outcome.output.contains("SymlinkedDirectory"))
  #expect(node.text("elsewhere/sctp-load.conf") == nil)
  #expect(node.text("etc/modprobe.d/sctp-blacklist.conf") == "")
}

@Test func everyOptionHasAnEnvironmentVariableAndAFlagWins() throws {
  let node = try MadeUpNode()
  try node.put("etc/modprobe.d/a.conf", "blacklist sctp\n")
  let declared = try node.run("plan", environment: ["SCTP_AGENT_UNBLOCK": "declared"])
  #expect(!declared.output.contains("write /etc/modprobe.d/a.conf"))
  let wins = try node.run("plan", "--unblock", "blacklist", environment: ["SCTP_AGENT_UNBLOCK": "declared"])
  #expect(wins.output.contains("write /etc/modprobe.d/a.conf: unblocks sctp"))
  #expect(try node.run("plan", environment: ["SCTP_AGENT_UNBLOCK": "nonsense"]).status == 64)
}

@Test func aUsageErrorExitsWith64() throws {
  #expect(try MadeUpNode.run(["plan", "--nonsense"]).status == 64)
  #expect(try MadeUpNode.run(["--version"]).status == 0)
}

@Test func statusSaysWhenNobodyAnswers() throws {
  let outcome = try MadeUpNode.run(["status", "--endpoint", "unix:/nonexistent/socket"])
  #expect(outcome.status == 2)
  #expect(outcome.errors.contains("ENOENT"))
}

@Test func theEndpointMayBeAURL() throws {
  let outcome = try MadeUpNode.run(["status", "--endpoint", "http://127.0.0.1:1/status"])
  #expect(outcome.status == 2)
  #expect(outcome.errors.contains("ECONNREFUSED"))
}
