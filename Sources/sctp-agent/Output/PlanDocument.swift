import MachineIntent
import Modprobe
import Reconcile

/// The result of `plan`.
struct PlanDocument: CommandResult {
  struct Step: Encodable {
    let action: String
    let path: String?
    let module: String?
    let reason: String?
    let mode: String?
    let diff: String?
  }

  struct Blocked: Encodable {
    let module: String
    let way: String
    let file: String
    let line: Int
    let text: String
    let remedy: String
  }

  struct Refused: Encodable {
    let path: String
    let reason: String
  }

  let steps: [Step]
  /// The rules that still block the wanted modules after the steps.
  let blockers: [Blocked]
  let refused: [Refused]
  let ignored: [Refused]

  /// The rules that stay, of each wanted module.
  private let tables: [RuleTable]
  private let loads: Int
  private let leavesReady: Bool

  private enum CodingKeys: String, CodingKey { case steps, blockers, refused, ignored }

  init(plan: Plan, node: NodeState, desired: DesiredState) {
    steps = plan.steps.map { Step($0, node: node) }
    let after = node.applying(plan.writes)
    blockers = desired.wanted.flatMap { module in
      Self.blocked(module, LoadVerdicts(module: module, node: after, desired: desired))
    }
    refused = plan.files.compactMap { file in
      file.failure.map { Refused(path: file.path, reason: $0.description) }
    }
    ignored = desired.ignored.map { Refused(path: $0.path, reason: $0.reason) }
    tables = desired.wanted.map { RuleTable(module: $0, node: after, desired: desired) }
    let loaded = plan.steps.compactMap { step in
      if case .load(let module) = step { return module }
      return nil
    }
    loads = loaded.count
    leavesReady =
      refused.isEmpty && blockers.isEmpty && node.unreadable.isEmpty
      && desired.wanted.allSatisfy { node.modules[$0]?.state.isUsable == true || loaded.contains($0) }
  }

  private static func blocked(_ module: ModuleName, _ verdicts: LoadVerdicts) -> [Blocked] {
    [("autoload", verdicts.autoload), ("boot", verdicts.boot), ("explicit", verdicts.explicit)].flatMap {
      way, verdict in
      verdict.blockedBy.map { blocker in
        Blocked(
          module: module.rawValue, way: way, file: blocker.location.file, line: blocker.location.line,
          text: blocker.text, remedy: blocker.remedy)
      }
    }
  }

  var text: String {
    var text = ""
    for step in steps {
      text += "# \(step.sentence)".printable + "\n"
      text += step.diff?.printableLines ?? ""
    }
    for file in refused { text += Self.lines("cannot write: \(file.reason)") }
    for file in ignored { text += Self.lines("ignored: \(file.path): \(file.reason)") }
    for table in tables {
      for row in table.rows.prefix(Self.shownRules) {
        let ways = row.ways.map(\.rawValue).joined(separator: ", ")
        text += Self.lines("stays: \(row.blocker.location): \(row.blocker.text) (blocks \(ways))")
        text += TextLayout.remedy(row.blocker.remedy, after: "remedy:", indent: 2).map { $0 + "\n" }.joined()
      }
      let left = table.rows.count - Self.shownRules
      if left > 0 { text += "and \(left) more \(left == 1 ? "rule stays" : "rules stay")\n" }
    }
    return text + conclusion + "\n"
  }

  /// The number of rules of each module that are printed, about as many as a screen has lines.
  private static let shownRules = 64

  private static func lines(_ text: String) -> String {
    TextLayout.wrapped(text.printable, indent: 2).map { $0 + "\n" }.joined().dropFirst(2).description
  }

  private var conclusion: String {
    func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
    let stay = tables.map(\.rows.count).reduce(0, +)
    if steps.isEmpty, leavesReady { return "Plan: nothing to do" }
    var parts = ["\(counted(steps.count - loads, "write")), \(counted(loads, "load"))"]
    if !refused.isEmpty { parts.append("\(counted(refused.count, "file")) cannot be written") }
    if stay > 0 { parts.append("\(counted(stay, "rule")) stay\(stay == 1 ? "s" : "")") }
    let result = leavesReady ? "" : steps.isEmpty ? ": not Ready" : ": not Ready after apply"
    return "Plan: " + parts.joined(separator: "; ") + result
  }
}

extension PlanDocument.Step {
  init(_ step: Reconcile.Step, node: NodeState) {
    switch step {
    case .write(let write, because: let reason):
      let entry = node.entries[PathKey(write.path)]
      self.init(
        action: "write", path: write.path, module: nil, reason: reason.description, mode: write.mode.description,
        diff: UnifiedDiff.text(
          old: entry?.kind == .regular ? entry?.contents : nil, new: write.contents, path: write.path.printable))
    case .load(let module):
      self.init(action: "load", path: nil, module: module.rawValue, reason: nil, mode: nil, diff: nil)
    case .remove(let path):
      self.init(action: "remove", path: path, module: nil, reason: nil, mode: nil, diff: nil)
    case .link(let path, let target):
      self.init(action: "link", path: path, module: nil, reason: target, mode: nil, diff: nil)
    }
  }

  var sentence: String {
    if let module { return "load \(module)" }
    return "\(action) \(path ?? "")" + (reason.map { ": \($0)" } ?? "") + (mode.map { ", mode \($0)" } ?? "")
  }
}
