import NodeTesting

/// Files of modprobe.d made of traps: wildcards, quotes, continued lines, odd line ends, bytes that are no text.
enum RandomModprobe {
  static func file(_ generator: inout SeededGenerator) -> [UInt8] {
    var bytes: [UInt8] = []
    for _ in 0..<Int.random(in: 0...12, using: &generator) { bytes += line(&generator) }
    if generator.once(in: 4), bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
    if generator.once(in: 20) { bytes.append(UInt8(ascii: "\\")) }
    return bytes
  }

  private static func line(_ generator: inout SeededGenerator) -> [UInt8] {
    var line: [UInt8] = []
    if generator.once(in: 12) { line += blank(&generator) }
    line += Array(pick(commands, &generator).utf8)
    for _ in 0..<Int.random(in: 0...6, using: &generator) {
      line += blank(&generator)
      line += word(&generator)
    }
    if generator.once(in: 6) { line += blank(&generator) }
    if generator.once(in: 40) { line.append(0) }
    if generator.once(in: 40) {
      line += [UInt8](repeating: UInt8(ascii: "l"), count: Int.random(in: 200...5000, using: &generator))
    }
    switch Int.random(in: 0..<16, using: &generator) {
    case 0: line += "\r\n".utf8
    case 1: line += "\\\n".utf8
    case 2: line += "\n\n".utf8
    case 3: line += " \\\n ".utf8
    default: line += "\n".utf8
    }
    return line
  }

  private static func word(_ generator: inout SeededGenerator) -> [UInt8] {
    var word = Array(pick(words, &generator).utf8)
    if generator.once(in: 6) { word += Array(pick(words, &generator).utf8) }
    if generator.once(in: 25) { word.append(UInt8.random(in: 0x80...0xFF, using: &generator)) }
    if generator.once(in: 60) { word.append(UInt8.random(in: 0...0x7F, using: &generator)) }
    return word
  }

  private static func blank(_ generator: inout SeededGenerator) -> [UInt8] {
    Array(pick([" ", " ", " ", "\t", "  ", " \t ", "\u{0B}", "\\\n"], &generator).utf8)
  }

  static func pick(_ choices: [String], _ generator: inout SeededGenerator) -> String {
    choices[Int.random(in: choices.indices, using: &generator)]
  }

  private static let commands = [
    "alias", "blacklist", "install", "options", "remove", "softdep", "alias", "blacklist", "install", "softdep",
    "#", "# x", "mask", "include", "blocklist", "", "\"blacklist\"", "options\\", "#\\",
  ]

  private static let words = [
    "sctp", "sctp_diag", "sctp-diag", "s*", "sct?", "[s-t]ctp", "s[!x]tp", "a]", "[a", "a-[b-c]-d", "[]", "off",
    "net-pf-2-proto-132", "/bin/true", "/bin/false", "pre:", "post:", "pre:", "post:", "pre:x", "a=1", "b=\"c d\"",
    "'q r'", "\\", "\\t", "\\\\", "#", ";", "&&", "$CMDLINE_OPTS", "é", "-", "_",
  ]
}
