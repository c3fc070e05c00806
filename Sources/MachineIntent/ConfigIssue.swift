/// One finding about an intent: what `lint` prints a line for, and `/status` lists under `intent.issues`.
package struct ConfigIssue: Error, Hashable, Sendable {
  package enum Severity: String, Hashable, Sendable { case error, warning }

  package let severity: Severity
  package let at: SourceLocation
  /// Stable and lower case with dashes, such as `mode-not-octal`.
  package let code: String
  /// A sentence for a person, without a final period.
  package let message: String

  package init(_ severity: Severity, at: SourceLocation, code: String, message: String) {
    self.severity = severity
    self.at = at
    self.code = code
    self.message = message
  }
}

extension ConfigIssue {
  /// The code of an explicit intent that differs from what the machine-config daemon holds of the same path.
  package static let managedConflict = IssueCode.managedDiffers.rawValue
}
