extension String {
  /// The text on one line, without characters that change how a terminal, a browser or a line reader shows it.
  ///
  /// Names and rules are text that any user may have written. Control characters, line separators, and characters that
  /// are invisible or change the direction of writing become `\x1b`, `\u202e` or `\U000e0001`.
  package var printable: String { printable(isUnambiguous: false) }

  /// The same, and different for different texts: a backslash that could be read as the start of an escape becomes
  /// `\x5c`.
  package var unambiguouslyPrintable: String { printable(isUnambiguous: true) }

  /// The same line by line.
  package var printableLines: String {
    unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map { String($0).printable }
      .joined(separator: "\n")
  }

  private func printable(isUnambiguous: Bool) -> String {
    guard utf8.contains(where: { $0 < 0x20 || $0 >= 0x7F || ($0 == UInt8(ascii: "\\") && isUnambiguous) }) else {
      return self
    }
    let scalars = Array(unicodeScalars)
    var text = ""
    for (index, scalar) in scalars.enumerated() {
      let startsEscape =
        isUnambiguous && scalar == "\\" && index + 1 < scalars.count
        && "xuU".unicodeScalars.contains(scalars[index + 1])
      if startsEscape || Self.isHidden(scalar) {
        text += Self.escape(scalar)
      } else {
        text.unicodeScalars.append(scalar)
      }
    }
    return text
  }

  fileprivate static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control: scalar != "\t"
    case .format, .lineSeparator, .paragraphSeparator: true
    default: false
    }
  }

  private static func escape(_ scalar: Unicode.Scalar) -> String {
    let (letter, length) = scalar.value < 0x100 ? ("x", 2) : scalar.value < 0x1_0000 ? ("u", 4) : ("U", 8)
    let digits = String(scalar.value, radix: 16)
    return "\\\(letter)" + String(repeating: "0", count: length - digits.count) + digits
  }
}

extension [UInt8] {
  /// JSON of the same meaning, in which the characters that `String.printable` replaces are written as `\u009b`. The
  /// encoder does that for those below a blank only.
  package var printableJSON: [UInt8] {
    guard contains(where: { $0 >= 0x7F }) else { return self }
    var json: [UInt8] = []
    json.reserveCapacity(count)
    for scalar in String(decoding: self, as: UTF8.self).unicodeScalars {
      guard scalar.value >= 0x7F, String.isHidden(scalar) else {
        if let bytes = UTF8.encode(scalar) { json += bytes }
        continue
      }
      for unit in String(Character(scalar)).utf16 {
        let digits = String(unit, radix: 16)
        json += "\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".utf8
      }
    }
    return json
  }
}
