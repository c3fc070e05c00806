import MachineIntent

/// The findings of `lint` as it prints them.
enum LintReport {
  /// One line a finding: `file:line:col: error|warning: text [code]`.
  static func lines(_ issues: [ConfigIssue]) -> String {
    issues.map { "\($0.at): \($0.severity.rawValue): \($0.message) [\($0.code.rawValue)]\n" }.joined()
  }

  /// The same for programs.
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
