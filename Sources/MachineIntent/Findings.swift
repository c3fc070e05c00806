/// Collects every issue of a reading.
struct Findings {
  /// Nobody reads more, and a hostile source could make millions.
  private static let most = 1000

  private(set) var issues: [ConfigIssue] = []
  private(set) var hasErrors = false

  mutating func error(_ code: IssueCode, at: SourceLocation, _ message: String) {
    add(.error, code, at: at, message)
  }

  mutating func warning(_ code: IssueCode, at: SourceLocation, _ message: String) {
    add(.warning, code, at: at, message)
  }

  mutating func add(_ severity: ConfigIssue.Severity, _ code: IssueCode, at: SourceLocation, _ message: String) {
    // The first error is kept however many warnings stand before it.
    let isFirstError = severity == .error && !hasErrors
    if severity == .error { hasErrors = true }
    guard issues.count < Self.most || isFirstError else { return }
    issues.append(ConfigIssue(severity, at: at, code: code.rawValue, message: message))
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
