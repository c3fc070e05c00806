/// How the agent describes itself in its report.
package struct AgentIdentity: Hashable, Sendable {
  package let node: String
  package let version: String
  package let mode: String
  package let pid: Int32
  package let startedAt: Timestamp
  package let policy: UnblockPolicy
  package let observeOnly: Bool

  package init(
    node: String, version: String, mode: String, pid: Int32, startedAt: Timestamp, policy: UnblockPolicy,
    observeOnly: Bool
  ) {
    self.node = node
    self.version = version
    self.mode = mode
    self.pid = pid
    self.startedAt = startedAt
    self.policy = policy
    self.observeOnly = observeOnly
  }
}
