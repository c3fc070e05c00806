/// Collects the issues of one reading, each of them once.
struct Findings {
  /// The reader of the intent, which decides how severe some issues are.
  enum Target {
    /// A node, where the agent carries out all that it can.
    case node
    /// A cluster, whose API server, machine-config operator and daemon decide.
    case cluster
  }

  /// The limit exists because a hostile source could cause millions.
  private static let most = 1000

  private let target: Target
  private(set) var issues: [ConfigIssue] = []
  private var seen: Set<ConfigIssue> = []
  private(set) var hasErrors = false
  private var isTruncated = false

  init(for target: Target = .node) { self.target = target }

  mutating func error(_ code: IssueCode, at: SourceLocation, _ message: String) {
    add(.error, code, at: at, message)
  }

  mutating func warning(_ code: IssueCode, at: SourceLocation, _ message: String) {
    add(.warning, code, at: at, message)
  }

  /// Adds what a cluster refuses, or what leaves a pool Degraded: an error for a cluster, and a warning for a node.
  mutating func refused(_ code: IssueCode, at: SourceLocation, _ message: String) {
    add(target == .cluster ? .error : .warning, code, at: at, message)
  }

  mutating func add(_ severity: ConfigIssue.Severity, _ code: IssueCode, at: SourceLocation, _ message: String) {
    // The first error is kept, even if many warnings come before it.
    let isFirstError = severity == .error && !hasErrors
    if severity == .error { hasErrors = true }
    let issue = ConfigIssue(severity, at: at, code: code, message: message)
    guard !seen.contains(issue) else { return }
    guard seen.count < Self.most || isFirstError else { return truncate(at) }
    seen.insert(issue)
    issues.append(issue)
  }

  private mutating func truncate(_ at: SourceLocation) {
    guard !isTruncated else { return }
    isTruncated = true
    issues.append(
      ConfigIssue(
        .warning, at: at, code: .tooMany, message: "too many findings: only the first \(Self.most) are shown"))
  }

  mutating func error(_ failure: TreeFailure, in origin: TreeOrigin) {
    error(failure.code, at: origin.location(line: failure.line, column: failure.column), failure.reason)
  }

  /// Whether a source has yet to be rendered by another program before anything is known of it.
  var hasUnrendered: Bool { issues.contains { IssueCode.unrendered.contains($0.code) } }

  /// The issues in the order of their places.
  var sorted: [ConfigIssue] {
    issues.sorted { left, right in
      (left.at.file, left.at.line, left.at.column) < (right.at.file, right.at.line, right.at.column)
    }
  }
}
