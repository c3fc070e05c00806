/// What a remedy depends on besides the node. A command whose change the agent undoes is not a remedy.
package struct RemedyContext: Hashable, Sendable {
  /// The policy of the running agent; nil if there is none, as for `explain`.
  package var policy: UnblockPolicy?
  /// The paths that something else keeps rewriting.
  package var contended: Set<String>

  package init(policy: UnblockPolicy? = nil, contended: Set<String> = []) {
    self.policy = policy
    self.contended = contended
  }

  /// The remedy for a declared file that does not hold what it should.
  func apply(restoring path: String) -> String {
    contended.contains(path) ? Self.findWriter(of: path) : "sctp-agent apply"
  }

  /// The remedy for a rule that the agent may remove under this policy.
  func apply(with needed: UnblockPolicy) -> String {
    let isStandard = needed == .blacklist && (policy ?? .blacklist) != .declared
    return "sctp-agent apply" + (isStandard ? "" : " --unblock \(needed.rawValue)")
  }

  /// The remedy for a file that something else keeps rewriting.
  static func findWriter(of path: String) -> String {
    "find what rewrites \(path) and stop it (journalctl -u sctp-agent, fatrace, auditctl -w \(Remedy.quoted(path)))"
  }
}
