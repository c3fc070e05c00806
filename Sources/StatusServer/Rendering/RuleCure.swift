import Reconcile

/// What has to happen before a rule no longer blocks a module, as far as a status document shows it.
enum RuleCure: Hashable {
  /// The agent itself writes the file as declared.
  case repair
  /// A run of the agent that may change the node: it only observes.
  case apply
  /// A policy that allows more.
  case unblock(UnblockPolicy)
  /// A change of the MachineConfig that holds the file.
  case machineConfig
  /// A change of the intent that declares the file.
  case intent
  /// A change that only a boot puts into effect.
  case reboot
  /// The rule's remedy, by a person.
  case byHand

  /// - Parameters:
  ///   - rule: the rule.
  ///   - file: the file that holds it, if the agent tracks that.
  ///   - agent: the agent, for its policy.
  init(of rule: StatusDocument.Rule, in file: StatusDocument.File?, agent: StatusDocument.Agent) {
    if let file, file.owner != .override {
      self =
        file.state != .inSync && file.state != .failed
        ? agent.observeOnly ? .apply : .repair : file.owner == .intent ? .intent : .machineConfig
      return
    }
    guard rule.line > 0 else {
      self = ["kernel command line", "modules_disabled"].contains(rule.file) ? .reboot : .byHand
      return
    }
    // A line of modprobe.d begins with its kind (modprobe.d(5)).
    let needed: UnblockPolicy? =
      switch rule.text.prefix(while: { $0 != " " && $0 != "\t" }) {
      case "blacklist": .blacklist
      case "install", "alias", "remove": .all
      default: nil
      }
    let order = UnblockPolicy.allCases
    guard let needed, let needs = order.firstIndex(of: needed), let has = order.firstIndex(of: agent.unblock)
    else {
      self = .byHand
      return
    }
    self = needs > has ? .unblock(needed) : agent.observeOnly ? .apply : .byHand
  }

  /// What cures the rule, as a noun.
  var label: String {
    switch self {
    case .repair: "the agent, in its next pass"
    case .apply: "sctp-agent apply"
    case .unblock(let policy): "--unblock \(policy.rawValue)"
    case .machineConfig: "its MachineConfig"
    case .intent: "its intent"
    case .reboot: "a reboot"
    case .byHand: "the remedy, by hand"
    }
  }

  /// What a person has to do about so many rules; nil if nothing.
  func step(for count: Int) -> String? {
    let (rules, need) = count == 1 ? ("1 rule", "needs") : ("\(count) rules", "need")
    return switch self {
    case .repair, .apply: nil
    case .unblock(let policy):
      "\(rules) \(need) --unblock \(policy.rawValue): start the agent with it, or set SCTP_AGENT_UNBLOCK=\(policy.rawValue)."
    case .machineConfig: "\(rules) \(need) a change of the MachineConfig that holds the file, as the remedy says."
    case .intent: "\(rules) \(need) a change of the intent that declares the file, as the remedy says."
    case .reboot: "\(rules) \(need) the remedy and then a reboot."
    case .byHand: "\(rules) \(need) the remedy below, by hand."
    }
  }
}
