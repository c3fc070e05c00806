import FoundationEssentials
import MachineIntent
import Reconcile
import StatusServer

/// Documents as a client may see them, with something in every part, decoded from the JSON that the agent would send.
enum SampleDocument {
  static let build = BuildVersion(version: "0.1.0", commit: "abc123", swift: "6.3")

  /// A node with one blocked module; every text a person could have put there is hostile.
  static func blocked(_ hostile: String = "<b>\"it's\" & </b>") throws -> StatusDocument {
    try decode(
      node: hostile, ready: false, reason: "Blacklisted", message: hostile, condition: "False", rules: rule(hostile))
  }

  static func ready() throws -> StatusDocument {
    try decode(
      node: "worker-0", ready: true, reason: "Ready", message: "SCTP is usable now and after the next boot",
      condition: "True", rules: "")
  }

  /// One file that drifted twice and was written thrice, once in vain.
  static func history() -> History {
    var history = History()
    let now = Timestamp(milliseconds: 1_790_000_000_250)
    let file = TrackedFile(
      path: "/etc/modprobe.d/a.conf", owner: .intent, contents: [], mode: nil, drift: nil)
    let drifted = TrackedFile(
      path: "/etc/modprobe.d/a.conf", owner: .intent, contents: [], mode: nil, drift: .contents)
    for verdict in [file, drifted, file, drifted] { _ = history.found([verdict], converged: true, at: now) }
    history.reconciled(in: .milliseconds(3), at: now)
    history.reconciled(in: .seconds(20), at: now)
    return history
  }

  private static func quoted(_ text: String) -> String {
    String(decoding: (try? JSONEncoder().encode(text)) ?? Data(), as: UTF8.self)
  }

  private static func rule(_ hostile: String) -> String {
    """
    {"file": "/etc/modprobe.d/sctp.conf", "line": 2, "text": \(quoted(hostile)), "remedy": "remove the line"}
    """
  }

  private static func decode(
    node: String, ready: Bool, reason: String, message: String, condition: String, rules: String
  ) throws -> StatusDocument {
    let at = "\"2026-11-22T10:00:00.000Z\""
    let text = """
      {"apiVersion": "sctp-agent/v1", "kind": "NodeSCTPStatus", "node": \(quoted(node)), "ready": \(ready),
       "reason": "\(reason)", "message": \(quoted(message)), "observedAt": \(at),
       "agent": {"version": "0.1.0", "mode": "systemd", "pid": 812, "startedAt": \(at), "unblock": "blacklist",
        "observeOnly": false, "standby": false},
       "kernel": {"release": "5.14.0", "bootID": "b", "modulesDisabled": false, "lockdown": "none",
        "loadsModules": true, "enforcesSignatures": false, "commandLine": [],
        "otherKernels": [{"release": "5.13.0", "sctp": "missing"}]},
       "intent": {"source": ["builtin"], "digest": "sha256:1", "machineConfigs": ["load-sctp-module"],
        "modules": ["sctp"], "keptOut": [], "ignored": [{"path": "/etc/crio/crio.conf", "reason": \(quoted(node))}],
        "issues": [{"severity": "warning", "at": "a.yaml:1:2", "code": "c", "message": \(quoted(node))}]},
       "conditions": [
        {"type": "Unblocked", "status": "\(condition)", "reason": "\(reason)", "message": \(quoted(message)),
         "lastTransitionTime": \(at)},
        {"type": "ProtocolUsable", "status": "\(ready ? "True" : "Unknown")", "reason": "Proved", "message": "m",
         "lastTransitionTime": \(at)},
        {"type": "Ready", "status": "\(condition)", "reason": "\(reason)", "message": \(quoted(message)),
         "lastTransitionTime": \(at)}],
       "files": [{"path": "/etc/modprobe.d/a.conf", "owner": "intent", "state": "\(ready ? "InSync" : "Drifted")",
        "sha256": "", "mode": "0644", "repairs": 1, "lastDrift": null, "message": null}],
       "modules": [{"name": "sctp", "wanted": true, "state": "\(ready ? "live" : "absent")", "refcount": 2,
        "file": "/lib/modules/5.14.0/kernel/net/sctp/sctp.ko.xz", "compression": "xz", "signed": null,
        "dependencies": ["libcrc32c"],
        "verdicts": {"autoload": {"open": \(ready), "blockedBy": [\(rules)]},
         "boot": {"open": \(ready), "requested": true, "blockedBy": [\(rules)]},
         "explicit": {"open": true, "blockedBy": []}}}],
       "probe": {"loopback4": {"ok": true, "absent": false, "seconds": 0.0004, "at": \(at), "error": null},
        "loopback6": {"ok": false, "absent": false, "seconds": null, "at": \(at), "error": \(quoted(node))}},
       "dataPath": {"conntrackSCTP": "present"}, "drift": {"total": 2, "lastAt": \(at), "lastPath": \(quoted(node))},
       "paths": [{"target": "agents:9133", "address": "10.128.2.9", "ok": false, "seconds": null, "at": \(at),
         "reason": "NoAnswer", "message": \(quoted(message))},
        {"target": "agents:9133", "address": "10.128.2.7", "ok": true, "seconds": 0.002, "at": \(at),
         "reason": "Proved", "message": "m"}],
       "userland": {"kmod": "30", "systemd": null},
       "notes": [\(quoted(node))],
       "recent": [{"at": \(at), "what": "drift", "subject": "/etc/modprobe.d/a.conf", "message": \(quoted(node))}]}
      """
    return try JSONDecoder().decode(StatusDocument.self, from: Data(text.utf8))
  }
}
