import Foundation
import Reconcile
import Testing

@testable import sctp_agent

@Suite struct StatusSummaryTests {
  private static let now = Timestamp(parsing: "2026-11-22T10:03:10.000Z") ?? Timestamp(milliseconds: 0)

  private static func text(_ json: String) throws -> String {
    try JSONDecoder().decode(StatusSummary.self, from: Data(json.utf8)).text(at: now)
  }

  @Test func `conditions are aligned, with reason and age, and unknown is not False`() throws {
    let text = try Self.text(
      """
      {"node": "worker-0", "ready": false, "reason": "InstallCommand", "message": "m", "conditions": [
        {"type": "IntentValid", "status": "True", "reason": "Valid", "message": "load-sctp-module",
         "lastTransitionTime": "2026-11-20T10:00:00.000Z"},
        {"type": "Unblocked", "status": "False", "reason": "InstallCommand", "message": "/etc/modprobe.d/cis.conf:3",
         "lastTransitionTime": "2026-11-22T10:00:00.000Z"},
        {"type": "ProtocolUsable", "status": "Unknown", "reason": "NotProbed", "message": "not probed",
         "lastTransitionTime": "2026-11-22T10:03:00.000Z"}]}
      """)
    #expect(
      text == """
        ✗ worker-0 is not ready for 10s: InstallCommand
          ✓ IntentValid     Valid           2d   load-sctp-module
          ✗ Unblocked       InstallCommand  3m   /etc/modprobe.d/cis.conf:3
          ? ProtocolUsable  NotProbed       10s  not probed

        """)
  }

  private static func condition(_ type: String, _ status: String, _ message: String, since time: String) -> String {
    """
    {"type": "\(type)", "status": "\(status)", "reason": "R", "message": "\(message)",
     "lastTransitionTime": "2026-11-22T\(time).000Z"}
    """
  }

  @Test func `one cause is said once, a long message has whole lines, and the age is that of Ready`() throws {
    let rule = "sctp is stopped by 'install sctp /bin/false' at /etc/modprobe.d/cis.conf:3"
    let conditions = [
      Self.condition("Unblocked", "False", "\(rule) (+2 more)", since: "10:02:10"),
      Self.condition("ModuleLoaded", "False", rule, since: "10:02:10"),
      Self.condition("Ready", "False", rule, since: "10:02:10"),
      Self.condition("PathsProved", "True", "all", since: "10:03:00"),
    ].joined(separator: ",")
    let json = #"{"node": "a", "ready": false, "reason": "R", "message": "m", "conditions": [\#(conditions)]}"#
    #expect(
      try Self.text(json) == """
        ✗ a is not ready for 60s: R
          ✗ Unblocked     R  60s
              \(rule)
              (+2 more)
          ✗ ModuleLoaded  R  60s  as Unblocked
          ✓ PathsProved   R  10s  all

        """)
    let summary = try JSONDecoder().decode(StatusSummary.self, from: Data(json.utf8))
    let once = summary.text(at: nil, printedErrors: [rule])
    #expect(once.hasPrefix("✗ a is not ready: R\n  ✗ Unblocked     R  see the error above\n"), "\(once)")
  }

  @Test func `a node of which it is not known whether it is ready is not called unready`() throws {
    let text = try Self.text(
      """
      {"node": "worker-0", "ready": false, "reason": "Unreadable", "message": "m", "conditions": [
        {"type": "Ready", "status": "Unknown", "reason": "Unreadable", "message": "m",
         "lastTransitionTime": "2026-11-22T10:00:10.000Z"}]}
      """)
    #expect(text.hasPrefix("? worker-0 is not known to be ready for 3m: Unreadable\n"))
  }

  @Test func `an agent that knows nothing yet is not ready`() throws {
    let text = try Self.text(#"{"ready": false, "reason": "Starting", "message": "starting", "conditions": []}"#)
    #expect(text == "✗ not ready: Starting\n  starting\n")
  }
}
