import Reconcile

/// Text in the 80 columns of a terminal.
enum TextLayout {
  static let columns = 80

  /// Returns the text in lines of at most 80 columns, broken between words. Each line after the first one is indented.
  /// A longer word stays whole.
  static func wrapped(_ text: String, indent: Int = 0) -> [String] {
    fold(text.split(separator: " ").map(String.init), indent: indent, limit: columns, continuation: "")
  }

  /// Returns a shell command in lines of at most 80 columns that can be pasted. It is broken only between words, and
  /// never within quotes. Its comment has lines of its own, because a backslash does not continue a comment.
  static func wrappedCommand(_ command: String, indent: Int = 0) -> [String] {
    let (words, comment) = shellWords(command)
    let lines = fold(words, indent: indent, limit: columns, continuation: " \\")
    guard let comment else { return lines }
    let whole = (words + ["  # \(comment)"]).joined(separator: " ")
    if indent + whole.count <= columns { return [String(repeating: " ", count: indent) + whole] }
    return lines
      + wrapped(comment, indent: indent + 2).map { line in
        String(repeating: " ", count: indent) + "# " + line.dropFirst(indent + 2)
      }
  }

  /// Returns a remedy in lines of at most 80 columns, after a word that names it. A command can be pasted; a sentence is
  /// broken as any other text.
  static func remedy(_ remedy: String, after name: String, indent: Int) -> [String] {
    Remedy.isCommand(remedy)
      ? wrappedCommand("\(name) \(remedy)".printable, indent: indent)
      : wrapped("\(name) \(remedy)".printable, indent: indent)
  }

  /// Returns the text with spaces up to the width, or unchanged if it is longer.
  static func padded(_ text: String, to width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  /// Returns the text in the middle of the width.
  static func centred(_ text: String, in width: Int) -> String {
    padded(String(repeating: " ", count: max(0, (width - text.count) / 2)) + text, to: width)
  }

  private static func fold(_ words: [String], indent: Int, limit: Int, continuation: String) -> [String] {
    let margin = String(repeating: " ", count: indent)
    var lines: [String] = []
    var line = ""
    for word in words {
      if line.isEmpty {
        line = word
      } else if indent + line.count + 1 + word.count + continuation.count <= limit {
        line += " " + word
      } else {
        lines.append(line + continuation)
        line = word
      }
    }
    if !line.isEmpty { lines.append(line) }
    return lines.map { margin + $0 }
  }

  /// Returns the words of a command, and its comment if it has one. A quoted part belongs to its word.
  private static func shellWords(_ command: String) -> (words: [String], comment: String?) {
    var words: [String] = []
    var word = ""
    var quote: Character?
    for (index, character) in zip(command.indices, command) {
      if quote == nil, word.isEmpty, character == "#" {
        return (words, command[index...].dropFirst().drop { $0 == " " }.description)
      }
      if let open = quote {
        word.append(character)
        if character == open { quote = nil }
      } else if character == " " {
        if !word.isEmpty { words.append(word) }
        word = ""
      } else {
        if character == "'" || character == "\"" { quote = character }
        word.append(character)
      }
    }
    if !word.isEmpty { words.append(word) }
    return (words, nil)
  }
}
