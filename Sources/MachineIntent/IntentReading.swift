/// The result of reading every intent.
package struct IntentReading: Hashable, Sendable {
  /// The desired state, or nil if an error refuses the intent as a whole.
  package let state: DesiredState?
  /// Errors and warnings in the order of their places.
  package let issues: [ConfigIssue]

  package init(state: DesiredState?, issues: [ConfigIssue]) {
    self.state = state
    self.issues = issues
  }
}
