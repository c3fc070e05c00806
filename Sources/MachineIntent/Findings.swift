/// Collects every issue of a reading.
struct Findings {
  private(set) var issues: [ConfigIssue] = []

  var hasErrors: Bool { issues.contains { $0.severity == .error } }

  mutating func error(_ code: IssueCode, at: SourceLocation, _ message: String) {
    issues.append(ConfigIssue(.error, at: at, code: code.rawValue, message: message))
  }

  mutating func warning(_ code: IssueCode, at: SourceLocation, _ message: String) {
    issues.append(ConfigIssue(.warning, at: at, code: code.rawValue, message: message))
  }

  mutating func error(_ failure: TreeFailure, in origin: TreeOrigin) {
    error(failure.code, at: origin.location(line: failure.line, column: failure.column), failure.reason)
  }

  /// In the order of their places, each once.
  var sorted: [ConfigIssue] {
    var seen: Set<ConfigIssue> = []
    return issues.filter { seen.insert($0).inserted }.sorted { left, right in
      (left.at.file, left.at.line, left.at.column) < (right.at.file, right.at.line, right.at.column)
    }
  }
}
