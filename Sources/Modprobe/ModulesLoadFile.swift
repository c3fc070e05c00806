/// One file of modules-load.d, read as systemd-modules-load reads it.
///
/// Source: modules-load.d(5). A line has one name. Blank lines and lines that begin with `#` or `;` are ignored. A carriage
/// return or a NUL ends a line, like a newline.
package struct ModulesLoadFile: Sendable {
  /// A line that names a module.
  package struct Entry: Hashable, Sendable {
    /// The whole line without surrounding blanks: systemd does not split words and has no trailing comments.
    package let module: ModuleName
    package let location: RuleLocation
    /// The name as written.
    package let text: String
  }

  package let entries: [Entry]
  /// The lines that load nothing although they seem to: names that no module can have, such as two words on a line, which
  /// are also in `entries`, and a line that is too long for systemd, which stops reading there.
  package let suspicious: [SkippedLine]

  /// The number of bytes that systemd accepts in a line.
  private static let longestLine = 1 << 20

  package init(path: String, contents: [UInt8]) {
    var entries: [Entry] = []
    var suspicious: [SkippedLine] = []
    var lineNumber = 1
    var position = 0
    while position < contents.count {
      let start = position
      while position < contents.count, !Self.endsLine(contents[position]) { position += 1 }
      let location = RuleLocation(file: path, line: lineNumber)
      if position < contents.count, contents[position] == UInt8(ascii: "\n") { lineNumber += 1 }
      defer { position += 1 }
      let name = contents[start..<position].trimmed
      guard position - start < Self.longestLine else {
        suspicious.append(
          SkippedLine(
            location: location, text: String(decoding: name.prefix(80), as: UTF8.self),
            message: "the line is longer than 1 MiB, so systemd stops reading the file here"))
        break
      }
      guard let first = name.first, first != UInt8(ascii: "#"), first != UInt8(ascii: ";") else { continue }
      let text = String(decoding: name, as: UTF8.self)
      entries.append(Entry(module: ModuleName(text), location: location, text: text))
      if let message = Self.suspicion(about: name) {
        suspicious.append(SkippedLine(location: location, text: text, message: message))
      }
    }
    self.entries = entries
    self.suspicious = suspicious
  }

  private static func endsLine(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") || byte == 0
  }

  private static func suspicion(about name: ArraySlice<UInt8>) -> String? {
    if name.starts(with: [0xEF, 0xBB, 0xBF]) {
      return "the line begins with a byte order mark, which is part of the name"
    }
    if let odd = name.first(where: { $0 < 0x20 || $0 >= 0x7F }), odd != UInt8(ascii: "\t") {
      return "contains a byte that no module name has"
    }
    if name.contains(UInt8(ascii: "#")) {
      return "a comment must be on a separate line, so this one is part of the name"
    }
    if name.contains(where: { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: ",") }) {
      return "a line names only one module, so all of it is one name"
    }
    return nil
  }
}
