/// A place in the source of an intent.
package struct SourceLocation: Hashable, Sendable, CustomStringConvertible {
  /// The path as given, `-` for standard input, or `builtin` for the built-in intent.
  package let file: String
  /// Counted from 1.
  package let line: Int
  /// Counted from 1, in characters.
  package let column: Int

  package init(file: String, line: Int, column: Int) {
    self.file = file
    self.line = line
    self.column = column
  }

  package var description: String { "\(file):\(line):\(column)" }
}
