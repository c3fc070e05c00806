import Reconcile

extension Cure {
  /// Whether `apply` with the agent's policy removes the rule.
  private func isAllowed(for agent: StatusDocument.Agent) -> Bool {
    switch self {
    case .apply: true
    case .unblock(let policy): policy.isAllowed(by: agent.unblock)
    case .machineConfig, .intent, .reboot, .byHand: false
    }
  }

  /// Returns what removes the rule, as a noun.
  func label(for agent: StatusDocument.Agent) -> String {
    if isAllowed(for: agent) { return agent.observeOnly ? "sctp-agent apply" : "the agent, in its next pass" }
    return switch self {
    case .apply: "sctp-agent apply"
    case .unblock(let policy): "--unblock \(policy.rawValue), or by hand"
    case .machineConfig(let name): "a change of the MachineConfig \(name)"
    case .intent(let name): "a change of the intent \(name)"
    case .reboot: "by hand, and then a reboot"
    case .byHand: "by hand"
    }
  }

  /// Returns what a person has to do about `count` rules, or nil if the agent or `apply` removes them.
  func step(for count: Int, _ agent: StatusDocument.Agent) -> String? {
    let (rules, need) = count == 1 ? ("1 rule", "needs") : ("\(count) rules", "need")
    if isAllowed(for: agent) { return nil }
    return switch self {
    case .apply: nil
    case .unblock(let policy):
      "\(rules) \(need) --unblock \(policy.rawValue): start the agent with it, or set SCTP_AGENT_UNBLOCK=\(policy.rawValue)."
    case .machineConfig(let name): "\(rules) \(need) a change of the MachineConfig \(name), as the remedy says."
    case .intent(let name): "\(rules) \(need) a change of the intent \(name), as the remedy says."
    case .reboot: "\(rules) \(need) the remedy and then a reboot."
    case .byHand: "\(rules) \(need) the remedy below, by hand."
    }
  }
}
