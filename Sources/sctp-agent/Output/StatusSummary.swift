import Reconcile

/// A status document in the form that `status` and `apply` print. An agent that has just started, or one of another
/// version, may leave out parts of it.
struct StatusSummary: Decodable {
  /// A condition whose type and reason need not be known to this version.
  struct Row: Decodable {
    let type: String
    let status: Condition.Status
    let reason: String
    let message: String
    let lastTransitionTime: String
  }

  let node: String?
  let ready: Bool
  let reason: String?
  let message: String
  let conditions: [Row]
  private let document: StatusDocument?

  private enum CodingKeys: String, CodingKey { case node, ready, reason, message, conditions }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    node = try container.decodeIfPresent(String.self, forKey: .node)
    ready = try container.decode(Bool.self, forKey: .ready)
    reason = try container.decodeIfPresent(String.self, forKey: .reason)
    message = try container.decode(String.self, forKey: .message)
    conditions = try container.decodeIfPresent([Row].self, forKey: .conditions) ?? []
    document = try? StatusDocument(from: decoder)
  }

  init(_ document: StatusDocument) {
    node = document.node
    ready = document.ready
    reason = document.reason.rawValue
    message = document.message
    conditions = document.conditions.map {
      Row(
        type: $0.type.rawValue, status: $0.status, reason: $0.reason.rawValue, message: $0.message,
        lastTransitionTime: $0.lastTransitionTime)
    }
    self.document = document
  }

  /// - Parameter now: the time up to which the ages of the conditions count.
  func text(at now: Timestamp) -> String {
    var lines = headline(at: now)
    if let document, let outlook = outlook(document, at: now) { lines.append(outlook) }
    lines += table(at: now)
    if let document { lines += facts(document) }
    if !ready, let document { lines += remedy(document) }
    return lines.map { $0 + "\n" }.joined()
  }

  private func headline(at now: Timestamp) -> [String] {
    let name = node.map { "\($0) is " } ?? ""
    let age = conditions.last.flatMap { Age($0.lastTransitionTime, at: now) }.map { " for \($0)" } ?? ""
    let isUnknown = conditions.contains { $0.type == Condition.Kind.ready.rawValue && $0.status == .unknown }
    let state = ready ? "ready" : isUnknown ? "not known to be ready" : "not ready"
    let rest = "\(name)\(state)\(age)" + (ready ? "" : reason.map { ": \($0)" } ?? "")
    let mark = Self.mark(ready ? .yes : isUnknown ? .unknown : .no)
    let sentence = conditions.isEmpty ? TextLayout.wrapped(message.printable, indent: 2) : []
    return ["\(mark) \(rest.printable)"] + sentence
  }

  private func outlook(_ document: StatusDocument, at now: Timestamp) -> String? {
    func words(_ outlook: StatusDocument.Outlook?) -> String {
      guard let outlook else { return "?" }
      let age = outlook.since.flatMap { Age($0, at: now) }.map { " (\($0))" } ?? ""
      return (outlook.works ? TerminalColour.green("yes") : TerminalColour.red("no")) + age
    }
    guard document.modules.contains(where: \.wanted) else { return nil }
    return "  works now: \(words(document.worksNow))   after the next boot: \(words(document.worksAfterBoot))"
  }

  private func table(at now: Timestamp) -> [String] {
    let ages = conditions.map { condition in Age(condition.lastTransitionTime, at: now).map { "\($0)" } ?? "" }
    let types = conditions.map(\.type)
    let reasons = conditions.map(\.reason)
    func width(_ cells: [String]) -> Int { (cells.map(\.count).max() ?? 0) + 2 }
    let indent = 4 + width(types) + width(reasons) + width(ages)
    return zip(conditions, zip(types, zip(reasons, ages))).flatMap { condition, cells in
      let (type, (reason, age)) = cells
      let message = TextLayout.wrapped(condition.message.printable, indent: indent)
      let start =
        TextLayout.padded(type, to: width(types)) + TextLayout.padded(reason, to: width(reasons))
        + TextLayout.padded(age, to: width(ages))
      let first = String(message.first?.dropFirst(indent) ?? "")
      return ["  \(Self.mark(condition.status)) \(start)\(first)"] + message.dropFirst()
    }
  }

  private static func mark(_ status: Condition.Status) -> String {
    switch status {
    case .yes: TerminalColour.green("✓")
    case .no: TerminalColour.red("✗")
    case .unknown: TerminalColour.yellow("?")
    }
  }

  private func facts(_ document: StatusDocument) -> [String] {
    let states = Dictionary(grouping: document.files, by: \.state).mapValues(\.count)
    let files = states.sorted { $0.key.rawValue < $1.key.rawValue }
      .map { "\($0.value) \($0.key == .inSync ? "in sync" : $0.key.rawValue)" }
    let probes = document.probe.sorted { $0.key < $1.key }.map { name, probe in
      "\(name) \(probe.ok ? probe.seconds?.milliseconds ?? "ok" : "failed")"
    }
    let agent =
      "agent \(document.agent.version), --unblock \(document.agent.unblock.rawValue)"
      + (document.agent.observeOnly ? ", --observe-only" : "")
    let paths = "paths: \(document.paths.count(where: \.ok)) of \(document.paths.count) proved"
    let parts = [
      "probe: \(probes.isEmpty ? "none" : probes.joined(separator: ", "))",
      document.paths.isEmpty ? nil : paths,
      "files: \(files.isEmpty ? "none" : files.joined(separator: ", "))", agent,
    ].compactMap(\.self)
    return TextLayout.wrapped(parts.joined(separator: "; ").printable, indent: 2)
  }

  /// Returns the remedy of the first rule that blocks, and where to find the others.
  private func remedy(_ document: StatusDocument) -> [String] {
    let ways = document.modules.lazy.filter(\.wanted).flatMap { module in
      [module.verdicts.autoload.blockedBy, module.verdicts.boot.blockedBy, module.verdicts.explicit.blockedBy]
    }
    let first = ways.compactMap(\.first).first
    return (first.map { TextLayout.wrappedCommand("remedy: \($0.remedy)".printable, indent: 2) } ?? [])
      + ["  why: sctp-agent explain"]
  }
}
