import Reconcile

/// One rule and the ways to load a module that it closes.
struct ClosedWays: Hashable {
  /// The ways in the order in which they are shown, under the names that people use for them.
  enum Way: String, CaseIterable {
    case autoload = "socket()"
    case boot
    case explicit = "modprobe"
  }

  let rule: StatusDocument.Rule
  let ways: [Way]

  /// Returns each rule that blocks the module once: the rule that closes most ways first, and otherwise in the order of the
  /// verdicts.
  static func all(of module: StatusDocument.Module) -> [ClosedWays] {
    let verdicts: [(way: Way, rules: [StatusDocument.Rule])] = [
      (.autoload, module.verdicts.autoload.blockedBy), (.boot, module.verdicts.boot.blockedBy),
      (.explicit, module.verdicts.explicit.blockedBy),
    ]
    var ways: [StatusDocument.Rule: [Way]] = [:]
    var order: [StatusDocument.Rule] = []
    for (way, rules) in verdicts {
      for rule in rules where ways[rule]?.last != way {
        if ways[rule] == nil { order.append(rule) }
        ways[rule, default: []].append(way)
      }
    }
    let all = order.map { ClosedWays(rule: $0, ways: ways[$0] ?? []) }
    return Way.allCases.indices.reversed().flatMap { count in all.filter { $0.ways.count == count + 1 } }
  }
}
