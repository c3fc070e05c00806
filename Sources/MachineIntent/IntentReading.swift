/// What became of reading every intent.
package struct IntentReading: Hashable, Sendable {
  /// The desired state; nil if an error refuses the intent as a whole.
  package let state: DesiredState?
  /// Errors and warnings, sorted by place.
  package let issues: [ConfigIssue]

  package init(state: DesiredState?, issues: [ConfigIssue]) {
    self.state = state
    self.issues = issues
  }
}
