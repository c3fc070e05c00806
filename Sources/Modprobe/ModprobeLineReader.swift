/// Finds the rules of a modprobe.d file, without copying the other lines.
struct ModprobeLineReader {
  private(set) var rules: [ModprobeRule] = []
  /// The first lines that kmod skips. Their number is limited, because a file that is not a configuration could have
  /// millions.
  private(set) var skipped: [SkippedLine] = []
  private static let mostSkipped = 10_000
  private let kmod: KmodVersion

  init(kmod: KmodVersion = .newest) { self.kmod = kmod }

  /// Reads a whole file.
  mutating func read(_ contents: [UInt8], path: String) {
    contents.withUnsafeBufferPointer { bytes in
      var index = 0
      var lineNumber = 1
      while index < bytes.count {
        let start = index
        let firstLine = lineNumber
        var continues = false
        while index < bytes.count, bytes[index] != UInt8(ascii: "\n") {
          if bytes[index] == UInt8(ascii: "\\") {
            continues = true
            index += 1
            guard index < bytes.count else { break }
            if bytes[index] == UInt8(ascii: "\n") { lineNumber += 1 }
          }
          index += 1
        }
        let raw = start..<min(index, bytes.count)
        index += 1
        lineNumber += 1
        guard let first = raw.first, bytes[first] != UInt8(ascii: "#") else { continue }
        if continues {
          let joined = joined(UnsafeBufferPointer(rebasing: bytes[raw]))
          joined.withUnsafeBufferPointer {
            readLine(0..<$0.count, of: $0, in: joined, at: RuleLocation(file: path, line: firstLine))
          }
        } else {
          readLine(raw, of: bytes, in: contents, at: RuleLocation(file: path, line: firstLine))
        }
      }
    }
  }

  /// Returns the line as kmod reads it: without backslashes, and without the newlines that follow them.
  ///
  /// A lone backslash at the end of the file becomes the byte 0xFF until kmod 33, which stores `EOF` in a `char`.
  private func joined(_ raw: UnsafeBufferPointer<UInt8>) -> [UInt8] {
    var line: [UInt8] = []
    line.reserveCapacity(raw.count)
    var escaped = false
    for byte in raw {
      if escaped {
        if byte != UInt8(ascii: "\n") { line.append(byte) }
        escaped = false
      } else if byte == UInt8(ascii: "\\") {
        escaped = true
      } else {
        line.append(byte)
      }
    }
    if escaped, kmod.keepsFinalBackslash { line.append(0xFF) }
    return line
  }

  /// Reads the line `written` of `bytes`, which are the bytes of `source`.
  private mutating func readLine(
    _ written: Range<Int>, of bytes: UnsafeBufferPointer<UInt8>, in source: [UInt8], at location: RuleLocation
  ) {
    // A C string ends at NUL.
    let end = written.first { bytes[$0] == 0 } ?? written.upperBound
    var words = Words(bytes: bytes, position: written.lowerBound, end: end)
    guard end > written.lowerBound, bytes[written.lowerBound] != UInt8(ascii: "#"), let command = words.next() else {
      return
    }
    func skip(_ message: @autoclosure () -> String) {
      guard skipped.count < Self.mostSkipped else { return }
      skipped.append(
        SkippedLine(location: location, text: String(decoding: bytes[written], as: UTF8.self), message: message()))
    }
    guard let kind = ModprobeDirective.Kind(UnsafeBufferPointer(rebasing: bytes[command])),
      kind != .weakdep || kmod.knowsWeakdeps
    else {
      return skip("unknown command '\(String(decoding: bytes[command], as: UTF8.self))'")
    }
    guard let name = words.next() else { return skip("'\(kind.rawValue)' without a name") }
    guard Self.hasBalancedBrackets(UnsafeBufferPointer(rebasing: bytes[name])) else {
      return skip("unbalanced brackets")
    }
    let rest: Range<Int>
    switch kind {
    case .blacklist:
      rest = end..<end
    case .alias:
      guard let target = words.next() else { return skip("'alias' without a module") }
      guard Self.hasBalancedBrackets(UnsafeBufferPointer(rebasing: bytes[target])) else {
        return skip("unbalanced brackets")
      }
      rest = target
    case .install, .options, .remove, .softdep, .weakdep:
      guard let remainder = words.remainder() else { return skip("'\(kind.rawValue)' with nothing after the name") }
      rest = remainder
    }
    rules.append(
      ModprobeRule(
        location: location, kind: kind, source: source, line: written, name: name, rest: rest, foldsName: true))
  }

  /// Whether each `[` closes and each `]` has been opened; kmod refuses other names.
  static func hasBalancedBrackets(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
    var isOpen = false
    for byte in name {
      switch byte {
      case UInt8(ascii: "["): isOpen = true
      case UInt8(ascii: "]"):
        if !isOpen { return false }
        isOpen = false
      default: break
      }
    }
    return !isOpen
  }

  /// The words of a line, split at blanks and tabs like `strtok_r(3)`.
  private struct Words {
    let bytes: UnsafeBufferPointer<UInt8>
    var position: Int
    let end: Int

    mutating func next() -> Range<Int>? {
      while position < end, Self.separates(bytes[position]) { position += 1 }
      guard position < end else { return nil }
      let start = position
      while position < end, !Self.separates(bytes[position]) { position += 1 }
      let word = start..<position
      // The separator after a word is skipped. Further ones belong to the rest of the line.
      if position < end { position += 1 }
      return word
    }

    /// The rest of the line with its leading blanks, or nil if there is none.
    func remainder() -> Range<Int>? { position < end ? position..<end : nil }

    private static func separates(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
  }
}

extension ModprobeDirective.Kind {
  fileprivate init?(_ word: UnsafeBufferPointer<UInt8>) {
    let kind = Self.allCases.first { $0.rawValue.utf8.count == word.count && $0.rawValue.utf8.elementsEqual(word) }
    guard let kind else { return nil }
    self = kind
  }
}
