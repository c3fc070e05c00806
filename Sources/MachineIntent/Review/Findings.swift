/// Collects the issues of a reading, each once.
struct Findings {
  /// Nobody reads more, and a hostile source could make millions.
  private static let most = 1000

  private(set) var issues: [ConfigIssue] = []
  private var seen: Set<ConfigIssue> = []
  private(set) var hasErrors = false
  private var leavesOut = false

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
    let issue = ConfigIssue(severity, at: at, code: code, message: message)
    guard !seen.contains(issue) else { return }
    guard seen.count < Self.most || isFirstError else { return leaveOut(at) }
    seen.insert(issue)
    issues.append(issue)
  }

  /// Says so of the first one.
  private mutating func leaveOut(_ at: SourceLocation) {
    guard !leavesOut else { return }
    leavesOut = true
    issues.append(
      ConfigIssue(
        .warning, at: at, code: .tooMany,
        message: "more findings are left out, this place's first; mend the \(Self.most) others"))
  }

  mutating func error(_ failure: TreeFailure, in origin: TreeOrigin) {
    error(failure.code, at: origin.location(line: failure.line, column: failure.column), failure.reason)
  }

  /// In the order of their places.
  var sorted: [ConfigIssue] {
    issues.sorted { left, right in
      (left.at.file, left.at.line, left.at.column) < (right.at.file, right.at.line, right.at.column)
    }
  }
}
