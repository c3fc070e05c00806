/// One finding about an intent: a line of `lint`, and an entry of `intent.issues` in `/status`.
package struct ConfigIssue: Error, Hashable, Sendable {
  package enum Severity: String, Hashable, Sendable { case error, warning }

  package let severity: Severity
  package let at: SourceLocation
  package let code: IssueCode
  /// A sentence for a person, without a final period.
  package let message: String

  package init(_ severity: Severity, at: SourceLocation, code: IssueCode, message: String) {
    self.severity = severity
    self.at = at
    self.code = code
    self.message = message
  }
}
