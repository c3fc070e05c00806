import Reconcile
import StatusServer

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

  /// - Parameters:
  ///   - now: the time up to which the ages of the conditions count; nil for one pass, which cannot know them.
  ///   - printedErrors: the errors that the user has seen already. They are not repeated.
  func text(at now: Timestamp?, printedErrors: Set<String> = []) -> String {
    var lines = headline(at: now)
    if let document, let outlook = outlook(document, at: now) { lines.append(outlook) }
    lines += table(at: now, printedErrors: printedErrors)
    if let document { lines += facts(document) }
    if !ready, let document { lines += remedy(document, hasFailed: !printedErrors.isEmpty) }
    return lines.map { $0 + "\n" }.joined()
  }

  private func headline(at now: Timestamp?) -> [String] {
    let name = node.map { "\($0) is " } ?? ""
    let readiness = conditions.first { $0.type == Condition.Kind.ready.rawValue } ?? conditions.last
    let age = readiness.flatMap { Self.age($0.lastTransitionTime, at: now) }.map { " for \($0)" } ?? ""
    let isUnknown = readiness?.type == Condition.Kind.ready.rawValue && readiness?.status == .unknown
    let state = ready ? "ready" : isUnknown ? "not known to be ready" : "not ready"
    let rest = "\(name)\(state)\(age)" + (ready ? "" : reason.map { ": \($0)" } ?? "")
    let mark = Self.mark(ready ? .yes : isUnknown ? .unknown : .no)
    let sentence = conditions.isEmpty ? TextLayout.wrapped(message.printable, indent: 2) : []
    return ["\(mark) \(rest.printable)"] + sentence
  }

  private static func age(_ time: String, at now: Timestamp?) -> Age? { now.flatMap { Age(time, at: $0) } }

  private func outlook(_ document: StatusDocument, at now: Timestamp?) -> String? {
    func words(_ outlook: StatusDocument.Outlook?) -> String {
      guard let outlook else { return "?" }
      let age = outlook.since.flatMap { Self.age($0, at: now) }.map { " (\($0))" } ?? ""
      return (outlook.works ? TerminalColour.green("yes") : TerminalColour.red("no")) + age
    }
    guard document.modules.contains(where: \.wanted) else { return nil }
    return "  works now: \(words(document.worksNow))   after the next boot: \(words(document.worksAfterBoot))"
  }

  private func table(at now: Timestamp?, printedErrors: Set<String>) -> [String] {
    // The first line of a node that is not ready says what the row `Ready` would.
    let rows = conditions.filter { ready || $0.type != Condition.Kind.ready.rawValue }
    let ages = rows.map { Self.age($0.lastTransitionTime, at: now).map { "\($0)" } ?? "" }
    func width(_ cells: [String]) -> Int {
      let longest = cells.map(\.count).max() ?? 0
      return longest == 0 ? 0 : longest + 2
    }
    let (types, reasons) = (width(rows.map(\.type)), width(rows.map(\.reason)))
    let column = 4 + types + reasons + width(ages)
    return rows.indices.flatMap { index -> [String] in
      let row = rows[index]
      let message = self.message(of: row, after: rows[..<index], printedErrors: printedErrors).printable
      let start = "  \(Self.mark(row.status)) " + TextLayout.padded(row.type, to: types)
      let cells = ages[index].isEmpty ? row.reason : TextLayout.padded(row.reason, to: reasons) + ages[index]
      // Beside the columns there is little room. A long message has whole lines below them.
      return column + message.count <= TextLayout.columns
        ? [start + TextLayout.padded(cells, to: reasons + width(ages)) + message]
        : [start + cells] + TextLayout.wrapped(message, indent: 6)
    }
  }

  /// Returns the message, or where it is said already: one cause often fails several conditions.
  private func message(of row: Row, after earlier: ArraySlice<Row>, printedErrors: Set<String>) -> String {
    let isPrinted = printedErrors.contains { row.message.hasPrefix($0) || $0.hasSuffix(": \(row.message)") }
    if isPrinted { return "see the error above" }
    guard row.status != .yes, let same = earlier.first(where: { $0.message.hasPrefix(row.message) }) else {
      return row.message
    }
    return "as \(same.type)"
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

  /// Returns the remedy of the rule that closes most ways, and where to find the others. An `apply` that has just
  /// failed is no remedy.
  private func remedy(_ document: StatusDocument, hasFailed: Bool) -> [String] {
    let rules = document.modules.filter(\.wanted).flatMap(ClosedWays.all)
    let first = rules.map(\.rule).first { !hasFailed || !$0.remedy.hasPrefix("sctp-agent apply") }
    return (first.map { TextLayout.remedy($0.remedy, after: "remedy:", indent: 2) } ?? [])
      + ["  why: sctp-agent explain"]
  }
}
