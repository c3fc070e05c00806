package import Reconcile

/// One rule and the ways to load a module that it closes.
package struct ClosedWays: Hashable {
  /// The ways in the order in which they are shown, under the names that people use for them.
  package enum Way: String, CaseIterable {
    case autoload = "socket()"
    case boot
    case explicit = "modprobe"
  }

  package let rule: StatusDocument.Rule
  package let ways: [Way]

  /// The file and the line, or the source of a rule that is not in a file.
  var place: String { rule.line > 0 ? "\(rule.file):\(rule.line)" : rule.file }

  /// Returns each rule that blocks the module once: the rule that closes most ways first, and otherwise in the order of the
  /// verdicts.
  package static func all(of module: StatusDocument.Module) -> [ClosedWays] {
    let verdicts: [(way: Way, rules: [StatusDocument.Rule])] = [
      (.autoload, module.verdicts.autoload.blockedBy), (.boot, module.verdicts.boot.blockedBy),
      (.explicit, module.verdicts.explicit.blockedBy),
    ]
    var ways: [Place: [Way]] = [:]
    var order: [StatusDocument.Rule] = []
    for (way, rules) in verdicts {
      for rule in rules {
        let place = Place(rule)
        if ways[place] == nil { order.append(rule) }
        if ways[place]?.last != way { ways[place, default: []].append(way) }
      }
    }
    let all = order.map { ClosedWays(rule: $0, ways: ways[Place($0)] ?? []) }
    return Way.allCases.indices.reversed().flatMap { count in all.filter { $0.ways.count == count + 1 } }
  }

  /// What identifies a rule. The text of a line may be long and adds nothing to its place.
  private struct Place: Hashable {
    let file: String
    let line: Int
    let text: String?

    init(_ rule: StatusDocument.Rule) {
      (file, line, text) = (rule.file, rule.line, rule.line > 0 ? nil : rule.text)
    }
  }
}

extension StatusDocument.ModuleVerdicts {
  /// The number of rules that the document leaves out. A rule that closes several ways counts once.
  var unlisted: Int { max(autoload.more ?? 0, boot.more ?? 0, explicit.more ?? 0) }
}
