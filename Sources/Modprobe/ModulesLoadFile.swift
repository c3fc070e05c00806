/// One file of modules-load.d, read as systemd-modules-load reads it.
///
/// Source: modules-load.d(5). A line holds one name; blank lines and those that begin with `#` or `;` say nothing.
package struct ModulesLoadFile: Sendable {
  /// A module that the file asks for.
  package struct Entry: Hashable, Sendable {
    /// The whole line without blanks around it: systemd splits no words and knows no trailing comments.
    package let module: ModuleName
    package let location: RuleLocation
    package let text: String

    package init(module: ModuleName, location: RuleLocation, text: String) {
      self.module = module
      self.location = location
      self.text = text
    }
  }

  package let path: String
  package let entries: [Entry]
  /// Entries that no module can satisfy, such as two words in a line; they are among `entries` too.
  package let suspicious: [SkippedLine]

  package init(path: String, contents: [UInt8]) {
    self.path = path
    entries = []
    suspicious = []
  }
}
