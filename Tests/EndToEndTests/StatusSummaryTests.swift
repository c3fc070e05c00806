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
