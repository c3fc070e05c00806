import MachineIntent
import Reconcile

/// The output of `lint`.
enum LintReport {
  /// One line for each finding: `file:line:col: error|warning: text [code]`.
  static func lines(_ issues: [ConfigIssue]) -> String {
    issues.map { "\($0.at): \($0.severity.rawValue): \($0.message) [\($0.code.rawValue)]".printable + "\n" }.joined()
  }

  /// The last line on a terminal: `2 errors, 4 warnings` or `no findings`.
  static func summary(_ issues: [ConfigIssue]) -> String {
    func count(_ severity: ConfigIssue.Severity) -> String? {
      let count = issues.count { $0.severity == severity }
      return count == 0 ? nil : "\(count) \(severity.rawValue)\(count == 1 ? "" : "s")"
    }
    let counts = [count(.error), count(.warning)].compactMap(\.self)
    return (counts.isEmpty ? "no findings" : counts.joined(separator: ", ")) + "\n"
  }

  /// The findings and their counts as JSON.
  static func manifest(of issues: [ConfigIssue]) -> Manifest {
    .object([
      ("errors", .int(issues.count { $0.severity == .error })),
      (
        "issues",
        .list(
          issues.map { issue in
            .object([
              ("severity", .string(issue.severity.rawValue)),
              ("file", .string(issue.at.file)),
              ("line", .int(issue.at.line)),
              ("column", .int(issue.at.column)),
              ("code", .string(issue.code.rawValue)),
              ("message", .string(issue.message)),
            ])
          })
      ),
      ("warnings", .int(issues.count { $0.severity == .warning })),
    ])
  }
}
