import MachineIntent
import Modprobe
import Reconcile

/// A plan as `plan` prints it.
struct PlanDocument: Encodable {
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
  /// What stays in the way of the wanted modules after the steps.
  let blockers: [Blocked]
  let refused: [Refused]
  let ignored: [Refused]

  init(plan: Plan, node: NodeState, desired: DesiredState) {
    steps = plan.steps.map { Step($0, node: node) }
    blockers = desired.wanted.flatMap { module in
      plan.verdicts[module].map { Self.blocked(module, $0) } ?? []
    }
    refused = plan.files.compactMap { file in
      file.failure.map { Refused(path: file.path, reason: $0.description) }
    }
    ignored = desired.ignored.map { Refused(path: $0.path, reason: $0.reason) }
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
      text += step.diff ?? ""
    }
    if steps.isEmpty { text += "nothing to do\n" }
    for file in refused { text += "cannot: \(file.reason)".printable + "\n" }
    for file in ignored { text += "ignored: \(file.path): \(file.reason)".printable + "\n" }
    var seen = Set<String>()
    for blocker in blockers {
      let place = blocker.line == 0 ? blocker.file : "\(blocker.file):\(blocker.line)"
      let ways = ["autoload", "boot", "explicit"].filter { way in
        blockers.contains {
          $0.module == blocker.module && $0.way == way && $0.file == blocker.file && $0.line == blocker.line
            && $0.text == blocker.text
        }
      }
      let line = "blocked: \(blocker.module) (\(ways.joined(separator: ", "))): \(place): \(blocker.text)".printable
      if seen.insert(line).inserted { text += "\(line)\n" + "  remedy: \(blocker.remedy)".printable + "\n" }
    }
    return text
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
