import Foundation
import Testing

@testable import sctp_agent

/// The shape of what `explain` and `plan` print for people.
@Suite struct ExplainTextTests {
  /// A node with 43 drop-ins and four reasons why sctp does not load.
  private static func hardenedNode() throws -> MadeUpNode {
    let node = try MadeUpNode()
    for number in 1...40 { try node.put("etc/modprobe.d/\(number).conf", "options module\(number) x=1\n") }
    try node.put("etc/modprobe.d/cis.conf", "# CIS\n\ninstall sctp /bin/false\n")
    try node.put("usr/lib/modprobe.d/vendor.conf", "# vendor\nblacklist sctp\n")
    return node
  }

  @Test func `a node with 43 drop-ins and four rules fits on a screen and ends with what cures them`() throws {
    let outcome = try Self.hardenedNode().run("explain")
    let lines = outcome.output.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    #expect(outcome.status == 1)
    #expect(lines.count <= 25, "\(outcome.output)")
    #expect(lines.allSatisfy { $0.count <= 80 }, "\(outcome.output)")
    #expect(lines.first == "sctp on worker-0: not loaded, blocked by 4 rules (kernel 5.14.0)")
    #expect(lines.contains("  2 more notes: sctp-agent explain -o json"), "\(outcome.output)")
    #expect(lines.last == "→ sctp-agent apply --unblock all cures 4 of 4")
  }

  @Test func `each rule has one row, and the rule that closes most ways comes first`() throws {
    let output = try Self.hardenedNode().run("explain").output
    let rules = output.split(separator: "\n").filter { $0.hasPrefix("✗ ") || $0.hasPrefix("○ ") }
    #expect(rules.count == 4)
    #expect(rules.first?.hasPrefix("✗ /etc/modprobe.d/cis.conf:3 ") == true, "\(output)")
    #expect(rules.first?.hasSuffix("--unblock all") == true)
    #expect(rules.last?.hasPrefix("○ no load file names sctp ") == true)
    #expect(rules.last?.hasSuffix("apply (declared)") == true)
  }

  @Test func `the row of RHEL's stock file is one line`() throws {
    let output = try Self.hardenedNode().run("explain").output
    let row = "✗ /etc/modprobe.d/sctp-blacklist.conf:2  ✗      ✗      ·     apply (declared)"
    #expect(output.split(separator: "\n").contains(Substring(row)), "\(output)")
  }

  @Test func `a way that an unread file may close is unknown, not open, and the end says so`() throws {
    let node = try MadeUpNode()
    try FileManager.default.createSymbolicLink(
      atPath: node.root.appending(path: "etc/modprobe.d/loop.conf").path, withDestinationPath: "loop.conf")
    let outcome = try node.run("explain")
    #expect(outcome.status == 2)
    let lines = outcome.output.split(separator: "\n")
    #expect(lines.contains { $0.hasPrefix("modprobe      unknown") }, "\(outcome.output)")
    #expect(!lines.contains { $0.contains(" open") })
    #expect(lines.last == "→ make the files readable that are marked with ?")
  }

  @Test func `no colour reaches a pipe`() throws {
    #expect(!(try Self.hardenedNode().run("explain").output.contains("\u{1B}")))
  }

  @Test func `--unblock makes explain judge what that policy would leave`() throws {
    let node = try Self.hardenedNode()
    let all = try node.run("explain", "--unblock", "all")
    #expect(all.status == 0, "\(all.output)")
    #expect(all.output.hasPrefix("sctp on worker-0 after apply --unblock all: not loaded, no rule blocks it"))
    let some = try node.run("explain", "--unblock", "blacklist")
    #expect(some.status == 1)
    #expect(some.output.hasSuffix("→ sctp-agent apply --unblock all cures 1 of 1\n"), "\(some.output)")
  }

  @Test(
    arguments: [
      (nil, "absent", "→ sctp-agent apply loads sctp\n"), (nil, "live", "→ nothing to do\n"),
      ("all", "absent", "→ sctp-agent apply --unblock all leaves no rule in the way and loads sctp\n"),
      ("all", "live", "→ sctp-agent apply --unblock all leaves no rule in the way\n"),
    ] as [(String?, String, String)])
  func `it ends with what is left to do where no rule is in the way`(
    policy: String?, state: String, conclusion: String
  ) throws {
    let node = try MadeUpNode(moduleState: state == "live" ? "live" : nil)
    try node.put("etc/modprobe.d/sctp-blacklist.conf", "")
    try node.put("etc/modules-load.d/sctp.conf", "sctp\n")
    let words = ["explain"] + (policy.map { ["--unblock", $0] } ?? [])
    let output = try MadeUpNode.run(words + node.options).output
    #expect(output.hasSuffix(conclusion), "\(output)")
  }

  @Test func `a rule that no policy cures shows the command that does`() throws {
    let node = try MadeUpNode(commandLine: "quiet module_blacklist=sctp")
    try node.put("etc/modprobe.d/sctp-blacklist.conf", "")
    let output = try node.run("explain").output
    #expect(output.contains("    → "), "\(output)")
    #expect(output.contains("→ by hand, then a reboot: kernel command line\n"), "\(output)")
  }

  @Test func `the last line names the reboot that only a further rule needs`() throws {
    let node = try MadeUpNode(commandLine: "quiet modprobe.blacklist=sctp")
    try node.put("etc/modprobe.d/sctp-blacklist.conf", "")
    try FileManager.default.removeItem(at: node.root.appending(path: "lib/modules/5.14.0/kernel/net/sctp/sctp.ko.xz"))
    let last = try node.run("explain").output.split(separator: "\n").suffix(2).joined(separator: " ")
    #expect(last.contains("→ by hand: /lib/modules/5.14.0/kernel/net/sctp/sctp.ko.xz"), "\(last)")
    #expect(last.contains("(and 1 more, see above; then a reboot)"), "\(last)")
  }

  @Test func `a drop-in that cannot be read makes the answer unknown`() throws {
    let node = try MadeUpNode()
    try node.put("etc/modprobe.d/sctp-blacklist.conf", "")
    try node.put("etc/modules-load.d/sctp.conf", "sctp\n")
    let link = node.root.appending(path: "etc/modprobe.d/loop.conf")
    try FileManager.default.createSymbolicLink(atPath: link.path, withDestinationPath: "loop.conf")
    let outcome = try node.run("explain")
    #expect(outcome.status == 2)
    #expect(outcome.output.contains("not known whether a rule blocks it"), "\(outcome.output)")
    #expect(outcome.output.contains("\n? "), "\(outcome.output)")
  }

  @Test func `plan ends with what it does and what stays`() throws {
    let plan = try Self.hardenedNode().run("plan").output
    #expect(plan.hasSuffix("Plan: 3 writes, 0 loads; 1 rule stays: not Ready after apply\n"), "\(plan)")
    let all = try Self.hardenedNode().run("plan", "--unblock", "all").output
    #expect(all.hasSuffix("Plan: 4 writes, 1 load\n"), "\(all)")
  }

  @Test func `plan does not say "nothing to do" while a rule stays that it cannot change`() throws {
    let node = try MadeUpNode(commandLine: "quiet module_blacklist=sctp")
    _ = try node.run("apply")
    let plan = try node.run("plan").output
    #expect(plan.hasSuffix("Plan: 0 writes, 0 loads; 1 rule stays: not Ready\n"), "\(plan)")
  }
}
