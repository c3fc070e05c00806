/// Where the text of a tree stands.
struct TreeOrigin {
  enum Placing {
    /// The text is the source, or a block of it: places move by so many lines and columns.
    case block(lines: Int, columns: Int)
    /// The text was unescaped from one scalar, whose place stands for everything in it.
    case scalar(line: Int, column: Int)
  }

  /// The name of the source.
  let source: String
  var placing = Placing.block(lines: 0, columns: 0)

  /// Of a place in the text, counted from 1.
  func location(line: Int, column: Int) -> SourceLocation {
    switch placing {
    case .block(let lines, let columns): SourceLocation(file: source, line: line + lines, column: column + columns)
    case .scalar(let line, let column): SourceLocation(file: source, line: line, column: column)
    }
  }
}
