/// A line that kmod or systemd logs and passes over.
package struct SkippedLine: Hashable, Sendable {
  package let location: RuleLocation
  /// The line as written.
  package let text: String
  /// Why it says nothing, such as `unknown command 'blocklist'`.
  package let reason: String

  package init(location: RuleLocation, text: String, reason: String) {
    self.location = location
    self.text = text
    self.reason = reason
  }
}
