/// Where a rule stands: a file and its line, or a source that is no file.
package struct RuleLocation: Hashable, Sendable, CustomStringConvertible {
  /// The path as the node sees it, or the name of the source (`kernel command line`, `modules_disabled`).
  package let file: String
  /// Counted from 1; 0 for a source that is no file. Of a rule joined by backslashes, its first line.
  package let line: Int

  package static let kernelCommandLine = RuleLocation(file: "kernel command line", line: 0)

  package init(file: String, line: Int) {
    self.file = file
    self.line = line
  }

  package var description: String { line == 0 ? file : "\(file):\(line)" }
}
