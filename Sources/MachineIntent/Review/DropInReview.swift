import Modprobe

/// Checks the contents of one drop-in for what kmod and systemd ignore or misread.
struct DropInReview {
  let path: String
  let at: SourceLocation
  let contents: [UInt8]

  /// The most lines to report of one file.
  private static let mostLines = 20

  func report(_ findings: inout Findings) {
    guard let directory = WritablePath.Directory(of: path) else { return }
    reportEncoding(in: directory, &findings)
    switch directory {
    case .modprobe:
      let skipped = ModprobeFile(path: path, contents: contents).skipped.filter { !Self.isIndentedComment($0.text) }
      for line in skipped.prefix(Self.mostLines) {
        findings.warning(
          .directive, at: at,
          "kmod ignores line \(line.location.line) of '\(path)' ('\(line.text.prefix(60))'): \(line.message)"
            + Self.suggestion(for: line.text))
      }
    case .modulesLoad:
      for line in ModulesLoadFile(path: path, contents: contents).suspicious.prefix(Self.mostLines) {
        findings.warning(
          .loadFileWords, at: at,
          "systemd loads no module for line \(line.location.line) of '\(path)' ('\(line.text.prefix(60))'): \(line.message)"
        )
      }
    }
  }

  private func reportEncoding(in directory: WritablePath.Directory, _ findings: inout Findings) {
    if contents.starts(with: [0xEF, 0xBB, 0xBF]) {
      findings.warning(
        .byteOrderMark, at: at,
        "'\(path)' begins with a byte order mark, which makes its first line unreadable; remove it")
    }
    var crlf: Int?
    var odd: (line: Int, what: String)?
    var line = 1
    for (index, byte) in contents.enumerated() {
      switch byte {
      case 0x0A: line += 1
      // For systemd they end a line.
      case 0x00 where directory == .modulesLoad, 0x0D where directory == .modulesLoad: break
      case 0x0D:
        if index + 1 < contents.count, contents[index + 1] == 0x0A {
          crlf = crlf ?? line
        } else {
          fallthrough
        }
      case ..<0x09, 0x0B..<0x20, 0x7F: odd = odd ?? (line, byte.name)
      default: break
      }
    }
    if let crlf {
      findings.warning(
        .crlf, at: at,
        "'\(path)' has Windows line endings from line \(crlf) on: for kmod the carriage return belongs to the last word; "
          + "end lines with a newline only")
    }
    if odd == nil, let character = InvisibleCharacter(in: contents) {
      odd = (1 + contents.prefix(character.offset).count { $0 == 0x0A }, character.name)
    }
    if let odd {
      findings.warning(
        .nonPrinting, at: at,
        "line \(odd.line) of '\(path)' contains \(odd.what), which is invisible and matches no name; remove it")
    }
  }

  /// Whether a line is a comment that does not begin in the first column. kmod logs it as a bad line, without effect.
  private static func isIndentedComment(_ line: String) -> Bool {
    line.first { $0 != " " && $0 != "\t" } == "#"
  }

  /// Returns a hint at the command that is at most two letters away from the first word of a line.
  private static func suggestion(for line: String) -> String {
    guard let word = line.split(whereSeparator: { $0 == " " || $0 == "\t" }).first else { return "" }
    let written = Array(word.lowercased().utf8)
    let meant = ModprobeDirective.Kind.allCases.map(\.rawValue).first { command in
      let distance = editDistance(written, Array(command.utf8))
      return distance <= 2 && distance < command.utf8.count - 2 && command != word
    }
    return meant.map { "; did you mean '\($0)'?" } ?? ""
  }

  private static func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    guard abs(left.count - right.count) <= 2 else { return .max }
    var previous = Array(0...right.count)
    for (row, byte) in left.enumerated() {
      var current = [row + 1]
      for (column, other) in right.enumerated() {
        current.append(
          min(previous[column + 1] + 1, current[column] + 1, previous[column] + (byte == other ? 0 : 1)))
      }
      previous = current
    }
    return previous.last ?? 0
  }
}
