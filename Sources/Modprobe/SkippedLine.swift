/// A line that kmod or systemd logs and ignores.
package struct SkippedLine: Hashable, Sendable {
  package let location: RuleLocation
  /// The line as written.
  package let text: String
  /// The reason why the line has no effect, such as `unknown command 'blocklist'`.
  package let message: String

  package init(location: RuleLocation, text: String, message: String) {
    self.location = location
    self.text = text
    self.message = message
  }
}
