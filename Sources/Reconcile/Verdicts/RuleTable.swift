package import MachineIntent
package import Modprobe

/// What removes a rule that blocks a module.
package enum Cure: Hashable, Sendable {
  /// `apply` with any policy: the intent declares what the file should hold.
  case apply
  /// `apply` with this policy, or with one that allows more.
  case unblock(UnblockPolicy)
  /// A change of this MachineConfig: its bytes hold the rule, and the machine-config daemon keeps them in place.
  case machineConfig(String)
  /// A change of the intent of this name: its bytes hold the rule, and the agent keeps them in place.
  case intent(String)
  /// A change of the kernel command line or of a one-way switch, and a reboot.
  case reboot
  /// The remedy of the rule, by a person.
  case byHand
}

/// Every rule that blocks a module: each one once, with all the ways that it closes and with what removes it. The rules
/// that close most ways come first.
package struct RuleTable: Sendable {
  package struct Row: Hashable, Sendable {
    package let blocker: Blocker
    package fileprivate(set) var ways: [RankedBlocker.Way]
    package let cure: Cure
  }

  package let module: ModuleName
  package let rows: [Row]
  private let cures: [Rule: Cure]
  /// Whether the intent wants the module and no load file names it. A boot then does not load it.
  package let isUnrequested: Bool
  /// Whether `apply` writes the load file that names the module.
  package let isRequestedByApply: Bool

  /// - Parameters:
  ///   - module: the module to judge.
  ///   - node: what was observed.
  ///   - desired: what the intents want; nil if there is no valid intent.
  ///   - overridden: the unmanaged files that the agent has changed before, from the ledger.
  package init(module: ModuleName, node: NodeState, desired: DesiredState?, overridden: Set<PathKey> = []) {
    self.init(
      LoadVerdicts(module: module, node: node, desired: desired), of: module, node: node, desired: desired,
      overridden: overridden)
  }

  /// - Parameters:
  ///   - verdicts: the verdicts on the module, which the caller has already.
  ///   - module: the module.
  ///   - node: what was observed.
  ///   - desired: what the intents want; nil if there is no valid intent.
  ///   - overridden: the unmanaged files that the agent has changed before, from the ledger.
  init(
    _ verdicts: LoadVerdicts, of module: ModuleName, node: NodeState, desired: DesiredState?,
    overridden: Set<PathKey> = []
  ) {
    self.module = module
    let isWanted = desired?.wanted.contains(module) == true
    // What each policy would leave in place, the most careful one first.
    let left: [(policy: UnblockPolicy, rules: Set<Rule>, requests: Bool)] =
      isWanted && !verdicts.ranked.isEmpty || isWanted && verdicts.bootRequest == nil
      ? UnblockPolicy.allCases.compactMap { policy in
        guard let desired else { return nil }
        let plan = Plan(desired: desired, node: node, policy: policy, overridden: overridden)
        let after = LoadVerdicts(module: module, node: node.applying(plan.writes), desired: desired)
        return (policy, Set(after.ranked.map { Rule($0.blocker) }), after.bootRequest != nil)
      } : []

    var rows: [Row] = []
    var places: [Rule: Int] = [:]
    for ranked in verdicts.ranked {
      let rule = Rule(ranked.blocker)
      if let place = places[rule] {
        let ways = Set(rows[place].ways + ranked.ways)
        rows[place].ways = RankedBlocker.Way.allCases.filter(ways.contains)
        continue
      }
      places[rule] = rows.count
      let policy = left.first { !$0.rules.contains(rule) }?.policy
      rows.append(
        Row(
          blocker: ranked.blocker, ways: ranked.ways,
          cure: Self.cure(of: ranked.blocker, policy: policy, desired: desired)))
    }
    self.rows = rows
    cures = places.mapValues { rows[$0].cure }
    isUnrequested = isWanted && verdicts.bootRequest == nil && node.modules[module]?.state != .builtin
    isRequestedByApply = left.first?.requests == true
  }

  /// Returns what removes the rule. A rule that the table does not have needs a person.
  func cure(of blocker: Blocker) -> Cure { cures[Rule(blocker)] ?? .byHand }

  /// The number of rules that `apply` with this policy removes.
  package func count(curedBy policy: UnblockPolicy) -> Int {
    rows.count { row in
      switch row.cure {
      case .apply: true
      case .unblock(let needed): needed.isAllowed(by: policy)
      case .machineConfig, .intent, .reboot, .byHand: false
      }
    }
  }

  private static func cure(of blocker: Blocker, policy: UnblockPolicy?, desired: DesiredState?) -> Cure {
    switch policy {
    case .declared: return .apply
    case let policy?: return .unblock(policy)
    case nil: break
    }
    if blocker.location.line > 0, let file = desired?.file(at: PathKey(blocker.location.file)) {
      switch file.owner {
      case .machineConfigDaemon: return .machineConfig(file.machineConfig)
      case .intent: return .intent(file.machineConfig)
      }
    }
    if blocker.location == .kernelCommandLine {
      guard let owner = desired?.managedArguments, owner.hold(blocker.text) else { return .reboot }
      return .machineConfig(owner.name)
    }
    switch blocker.kind {
    case .kernelBlacklist, .initcallBlacklist, .modulesDisabled, .noModuleSupport: return .reboot
    case .blacklist, .install, .alias, .invalidOption, .noCapability, .signature, .lockdown, .autoloadDisabled,
      .moduleMissing, .unreadableModule, .loadServiceMasked, .loadNotPrepared, .loading:
      return .byHand
    }
  }

  /// What makes two blockers one rule: a rule can block the module and also one that it depends on.
  private struct Rule: Hashable {
    let kind: Blocker.Kind
    let location: RuleLocation
    let text: String

    init(_ blocker: Blocker) {
      kind = blocker.kind
      location = blocker.location
      text = blocker.text
    }
  }
}

extension UnblockPolicy {
  /// Whether `policy` allows at least what this one allows.
  package func isAllowed(by policy: UnblockPolicy) -> Bool {
    let order = Self.allCases
    return order.firstIndex(of: self) ?? 0 <= order.firstIndex(of: policy) ?? 0
  }
}
