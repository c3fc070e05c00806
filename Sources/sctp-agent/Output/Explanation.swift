import MachineIntent
import Modprobe
import Reconcile

/// What `explain` prints.
struct Explanation: CommandResult {
  let kernel: StatusDocument.Kernel
  /// The module asked for first, then what it depends on.
  let modules: [StatusDocument.Module]
  let notes: [String]

  private let nodeName: String
  /// The policy of the `apply` after which the node is judged. Nil if it is judged as it is.
  private let policy: UnblockPolicy?
  private let table: RuleTable
  /// The drop-ins whose rules are not known.
  private let unreadable: [String]
  /// The line that requests the module at boot.
  private let request: String?

  private enum CodingKeys: String, CodingKey { case kernel, modules, notes }

  init(
    module: ModuleName, nodeName: String, desired: DesiredState?, node: NodeState, after policy: UnblockPolicy? = nil
  ) {
    kernel = StatusDocument.Kernel(node.kernel, otherKernels: node.otherKernels)
    modules = node.closure(of: module).map { .init($0, desired: desired, node: node) }
    let judged = policy.map { "the node is judged as it would be after apply --unblock \($0.rawValue)" }
    notes = (judged.map { [$0] } ?? []) + Notes(module: module, node: node).all
    self.policy = policy
    self.nodeName = nodeName
    unreadable = node.unreadable.map(\.description)
    table = RuleTable(module: module, node: node, desired: desired)
    request = node.loadRequests.request(for: module).map { "\($0.location)" }
  }

  var text: String {
    guard let module = modules.first else { return "" }
    var lines = [headline(module), ""]
    if !rows.isEmpty { lines += rows + [""] }
    for failure in unreadable {
      lines += Self.fact("?", "unknown, because \(failure)", indent: 2)
    }
    lines += ways(module) + facts(module)
    let end = [""] + conclusion
    return (lines + noteLines(upTo: Self.screen - lines.count - end.count) + end).map { $0 + "\n" }.joined()
  }

  /// The number of lines of a usual screen. The text of a usual node fits on it.
  private static let screen = 25

  /// Returns as many whole notes as fit, and the number of the others.
  private func noteLines(upTo count: Int) -> [String] {
    var lines: [String] = []
    for (number, note) in notes.enumerated() {
      let wrapped = TextLayout.wrapped("note: \(note)".printable, indent: 2)
      let isLast = number == notes.count - 1
      guard lines.count + wrapped.count + (isLast ? 0 : 1) <= max(4, count) else {
        let left = notes.count - number
        return lines + ["  \(left) more note\(left == 1 ? "" : "s"): sctp-agent explain -o json"]
      }
      lines += wrapped
    }
    return lines
  }

  // MARK: The first line

  private func headline(_ module: StatusDocument.Module) -> String {
    let state =
      switch module.state {
      case .live: "loaded"
      case .builtin: "part of the kernel"
      case .absent: "not loaded"
      case .missing: "not there for this kernel"
      case .coming: "being loaded"
      case .going: "being removed"
      }
    let count = table.rows.count + (table.isUnrequested ? 1 : 0)
    let after = policy.map { " after apply --unblock \($0.rawValue)" } ?? ""
    let none = unreadable.isEmpty ? "no rule blocks it" : "not known whether a rule blocks it"
    let rules = count == 0 ? none : "blocked by \(count) rule\(count == 1 ? "" : "s")"
    return TextLayout.wrapped(
      "\(module.name) on \(nodeName)\(after): \(state), \(rules) (kernel \(kernel.release))".printable
    )
    .joined(separator: "\n")
  }

  // MARK: The rules

  private static let headings = ["socket()", "boot", "modprobe"]

  /// Returns a row for each rule: the ways that it closes, its kind and what removes it.
  private var rows: [String] {
    let shown = table.rows.prefix(Self.shownRules)
    guard !shown.isEmpty || table.isUnrequested else { return [] }
    var places = shown.map { "\($0.blocker.location)".printable }
    if table.isUnrequested { places.append(unrequested) }
    let cures = shown.map { Self.label($0.cure) } + (table.isUnrequested ? [Self.label(.apply)] : [])
    let ways = Self.headings.map(\.count).reduce(0, +) + Self.headings.count
    let room = TextLayout.columns - ways - (cures.map(\.count).max() ?? 0)
    let width = min(room, max(24, 3 + (places.map(\.count).max() ?? 0)))

    var lines = [TextLayout.padded("", to: width) + Self.headings.joined(separator: " ") + " cured by"]
    for (row, place) in zip(shown, places) {
      lines += line(
        mark: TerminalColour.red("✗"), place: place, ways: row.ways, cure: Self.label(row.cure), width: width)
      lines += TextLayout.wrapped("\(row.blocker.text) (\(Self.label(row.blocker.kind)))".printable, indent: 4)
      if row.cure.isManual {
        lines += TextLayout.remedy(row.blocker.remedy, after: "→", indent: 4)
      }
    }
    if table.rows.count > shown.count { lines.append("  and \(table.rows.count - shown.count) more: explain -o json") }
    if table.isUnrequested {
      let cure = table.isRequestedByApply ? Self.label(.apply) : "its intent"
      lines += line(mark: TerminalColour.yellow("○"), place: unrequested, ways: [.boot], cure: cure, width: width)
    }
    return lines
  }

  /// The number of rules that are shown, about as many as a screen has lines.
  private static let shownRules = 64

  private var unrequested: String { "no load file names \(table.module)" }

  /// Returns the marks beside the place if it is short enough, otherwise below it. The place may reach into the blanks
  /// that are left of the first mark.
  private func line(mark: String, place: String, ways: [RankedBlocker.Way], cure: String, width: Int) -> [String] {
    let marks = zip(Self.headings, RankedBlocker.Way.allCases).map { heading, way in
      TextLayout.centred(ways.contains(way) ? "✗" : "·", in: heading.count)
    }.joined(separator: " ")
    let end = "\(marks.drop { $0 == " " }) \(cure)"
    let start = width + marks.prefix { $0 == " " }.count
    guard place.count + 3 <= start else { return ["\(mark) \(place)", TextLayout.padded("", to: start) + end] }
    return ["\(mark) \(TextLayout.padded(place, to: start - 2))\(end)"]
  }

  private static func label(_ cure: Cure) -> String {
    switch cure {
    case .apply: "apply (declared)"
    case .unblock(let policy): "--unblock \(policy.rawValue)"
    case .machineConfig: "MachineConfig"
    case .intent: "the intent"
    case .reboot: "a reboot"
    case .byHand: "by hand"
    }
  }

  private static func label(_ kind: Blocker.Kind) -> String {
    switch kind {
    case .blacklist: "blacklist line"
    case .install: "install line, as hardening rules write it"
    case .alias: "alias line"
    case .kernelBlacklist, .initcallBlacklist: "kernel argument"
    case .invalidOption: "module option"
    case .modulesDisabled: "one-way switch of the kernel"
    case .noModuleSupport: "kernel"
    case .noCapability: "rights of this process"
    case .signature, .lockdown: "signature rule of the kernel"
    case .autoloadDisabled: "sysctl"
    case .loadNotPrepared, .loading: "load by the agent"
    case .moduleMissing, .unreadableModule: "module file"
    case .loadServiceMasked: "systemd unit"
    }
  }

  // MARK: The three verdicts

  private func ways(_ module: StatusDocument.Module) -> [String] {
    let verdicts = module.verdicts
    let requested = request.map { "requested by \($0)" } ?? "requested by no load file"
    return [
      way("socket()", verdicts.autoload.open, verdicts.autoload.blockedBy),
      way("boot", verdicts.boot.open, verdicts.boot.blockedBy, suffix: ", \(requested)"),
      way("modprobe", verdicts.explicit.open, verdicts.explicit.blockedBy),
    ].flatMap(\.self)
  }

  private func way(
    _ name: String, _ open: Bool, _ rules: [StatusDocument.Rule], suffix: String = ""
  ) -> [String] {
    guard let first = rules.first, !open else {
      return unreadable.isEmpty
        ? Self.fact(name, "open" + suffix, firstWord: TerminalColour.green)
        : Self.fact(name, "unknown" + suffix, firstWord: TerminalColour.yellow)
    }
    let place = first.line == 0 ? first.file : "\(first.file):\(first.line)"
    return Self.fact(name, "blocked by \(place)" + suffix, firstWord: TerminalColour.red)
  }

  // MARK: Facts

  private func facts(_ module: StatusDocument.Module) -> [String] {
    var lines: [String] = []
    if let file = module.file {
      var words = [file]
      if let compression = module.compression, compression != "none" { words.append(compression) }
      if let signed = module.signed { words.append(signed ? "signed" : "not signed") }
      if let users = module.refcount { words.append("\(users) users") }
      lines += Self.fact("file", words.joined(separator: ", "))
    }
    if modules.count > 1 {
      lines += Self.fact(
        "depends on", modules.dropFirst().map { "\($0.name) (\($0.state.rawValue))" }.joined(separator: ", "))
    }
    var words = kernel.loadsModules ? [] : ["no loadable modules"]
    words.append("modules_disabled \(kernel.modulesDisabled ? 1 : 0)")
    words.append(kernel.enforcesSignatures ? "signed modules only" : "unsigned modules too")
    words.append("lockdown \(kernel.lockdown)")
    lines += Self.fact("kernel", words.joined(separator: ", "))
    if !kernel.commandLine.isEmpty { lines += Self.fact("arguments", kernel.commandLine.joined(separator: " ")) }
    for other in kernel.otherKernels { lines += Self.fact("installed too", "\(other.release), sctp \(other.sctp)") }
    return lines
  }

  /// Colour comes last, because it has no width.
  private static func fact(
    _ name: String, _ value: String, indent: Int = 14, firstWord colour: (String) -> String = { $0 }
  ) -> [String] {
    let lines = TextLayout.wrapped(value.printable, indent: indent)
    guard let first = lines.first?.dropFirst(indent) else { return [] }
    let word = first.prefix { $0 != " " && $0 != "," }
    return [TextLayout.padded(name, to: indent) + colour(String(word)) + first.dropFirst(word.count)]
      + lines.dropFirst()
  }

  // MARK: What to do next

  private static let makeReadable = "→ make the files readable that are marked with ?"

  /// What to do when no rule is in the way.
  private var unblockedConclusion: String {
    let loads = modules.first.flatMap { $0.wanted && $0.state == .absent ? "loads \($0.name)" : nil }
    if let policy {
      let outcome = ["leaves no rule in the way", loads].compactMap(\.self).joined(separator: " and ")
      return "→ sctp-agent apply --unblock \(policy.rawValue) \(outcome)"
    }
    return loads.map { "→ sctp-agent apply \($0)" } ?? "→ nothing to do"
  }

  private var conclusion: [String] {
    let total = table.rows.count + (table.isUnrequested ? 1 : 0)
    guard total > 0 else {
      return [unreadable.isEmpty ? unblockedConclusion : Self.makeReadable]
    }
    let loadFile = table.isUnrequested && table.isRequestedByApply ? 1 : 0
    let counts = UnblockPolicy.allCases.map { (policy: $0, cured: table.count(curedBy: $0) + loadFile) }
    let most = counts.map(\.cured).max() ?? 0
    var lines: [String] = []
    if most > 0, let best = counts.first(where: { $0.cured == most }) {
      lines.append("→ sctp-agent apply --unblock \(best.policy.rawValue) cures \(most) of \(total)")
    }
    let left = table.rows.filter(\.cure.isManual)
    if let first = left.first {
      let place = "\(first.blocker.location)".printable
      let reboots = first.cure != .reboot && left.contains { $0.cure == .reboot } ? "; then a reboot" : ""
      let more = left.count > 1 ? " (and \(left.count - 1) more, see above\(reboots))" : ""
      switch first.cure {
      case .machineConfig(let name):
        lines.append("→ change the MachineConfigs that '\(name)' is made of: \(place)\(more)")
      case .intent(let name): lines.append("→ change the intent '\(name)': \(place)\(more)")
      case .reboot: lines.append("→ by hand, then a reboot: \(place)\(more)")
      case .byHand, .apply, .unblock: lines.append("→ by hand: \(place)\(more)")
      }
    } else if most < total {
      lines.append("→ declare the load file in an intent: no load file names \(table.module)")
    }
    if !unreadable.isEmpty { lines.append(Self.makeReadable) }
    return lines.flatMap { TextLayout.wrapped($0) }
  }
}

extension Cure {
  /// Whether a person has to act, and the rule's remedy says how.
  fileprivate var isManual: Bool {
    switch self {
    case .apply, .unblock: false
    case .machineConfig, .intent, .reboot, .byHand: true
    }
  }
}
