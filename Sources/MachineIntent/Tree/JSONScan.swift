import Modprobe

/// Reads a sequence of JSON texts into a tree, as Go's decoder does: RFC 8259, and bytes that are not UTF-8 become U+FFFD.
///
/// libyaml reads most JSON too, but not surrogate pairs, keys that are long or far from their values, or every character
/// that JSON allows.
enum JSONScan {
  /// Whether the first character after white space opens an object or a list.
  static func looksLikeJSON(_ bytes: [UInt8]) -> Bool {
    let first = bytes.first { !isWhiteSpace($0) }
    return first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
  }

  /// Returns the tree of a text. Throws the first error with its place, and what exceeds the limits.
  static func tree(
    of bytes: [UInt8], _ origin: TreeOrigin, limits: IntentLimits
  ) throws(TreeFailure) -> ConfigTree {
    var builder = TreeBuilder(limits: limits, size: bytes.count)
    let failure: TreeFailure? = bytes.withUnsafeBufferPointer { buffer in
      var scan = Scan(input: buffer)
      do throws(TreeFailure) {
        scan.skipWhiteSpace()
        while !scan.isAtEnd {
          try scan.value(&builder)
          scan.skipWhiteSpace()
        }
        return nil
      } catch {
        return error
      }
    }
    if let failure { throw failure }
    return builder.finish(origin, isJSON: true)
  }

  private static func isWhiteSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
  }

  private struct Scan {
    let input: UnsafeBufferPointer<UInt8>
    private var position = 0
    private var line = 1
    private var lineStart = 0
    /// The number of bytes on this line that continue a character: they are not columns.
    private var continuations = 0

    init(input: UnsafeBufferPointer<UInt8>) { self.input = input }

    var isAtEnd: Bool { position >= input.count }
    private var column: Int { position - lineStart - continuations + 1 }
    private var byte: UInt8? { position < input.count ? input[position] : nil }

    mutating func skipWhiteSpace() {
      while position < input.count, isWhiteSpace(input[position]) {
        if input[position] == 0x0A {
          line += 1
          lineStart = position + 1
          continuations = 0
        }
        position += 1
      }
    }

    mutating func value(_ builder: inout TreeBuilder) throws(TreeFailure) {
      guard let byte else { throw unexpected("a value") }
      switch byte {
      case UInt8(ascii: "{"): try object(&builder)
      case UInt8(ascii: "["): try list(&builder)
      case UInt8(ascii: "\""): try string(&builder)
      default: try literal(&builder)
      }
    }

    private mutating func object(_ builder: inout TreeBuilder) throws(TreeFailure) {
      try builder.openCollection(.mapping, line: line, column: column)
      position += 1
      skipWhiteSpace()
      if byte == UInt8(ascii: "}") {
        position += 1
        builder.closeCollection()
        return
      }
      while true {
        guard byte == UInt8(ascii: "\"") else { throw unexpected("a key in double quotes") }
        try string(&builder)
        skipWhiteSpace()
        guard byte == UInt8(ascii: ":") else { throw unexpected("':' after the key") }
        position += 1
        skipWhiteSpace()
        try value(&builder)
        skipWhiteSpace()
        guard byte == UInt8(ascii: ",") else { break }
        position += 1
        skipWhiteSpace()
      }
      guard byte == UInt8(ascii: "}") else { throw unexpected("',' or '}'") }
      position += 1
      builder.closeCollection()
    }

    private mutating func list(_ builder: inout TreeBuilder) throws(TreeFailure) {
      try builder.openCollection(.sequence, line: line, column: column)
      position += 1
      skipWhiteSpace()
      if byte == UInt8(ascii: "]") {
        position += 1
        builder.closeCollection()
        return
      }
      while true {
        try value(&builder)
        skipWhiteSpace()
        guard byte == UInt8(ascii: ",") else { break }
        position += 1
        skipWhiteSpace()
      }
      guard byte == UInt8(ascii: "]") else { throw unexpected("',' or ']'") }
      position += 1
      builder.closeCollection()
    }

    private mutating func literal(_ builder: inout TreeBuilder) throws(TreeFailure) {
      let begin = position
      let startColumn = column
      while let byte, byte.isLowercaseLetter || (byte >= 0x2B && byte <= 0x39 && byte != 0x2C) || byte == 0x45 {
        position += 1
      }
      let word = input[begin..<position]
      guard
        word.elementsEqual("true".utf8) || word.elementsEqual("false".utf8) || word.elementsEqual("null".utf8)
          || Self.isNumber(word)
      else {
        position = begin
        throw unexpected("a value")
      }
      let start = builder.text.count
      builder.text.append(contentsOf: word)
      try builder.addScalar(from: start, style: .json, line: line, column: startColumn)
    }

    /// RFC 8259, section 6.
    private static func isNumber(_ word: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
      var rest = word[...]
      func takeDigits() -> Int {
        let count = rest.prefix { $0 >= 0x30 && $0 <= 0x39 }.count
        rest = rest.dropFirst(count)
        return count
      }
      if rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
      let leadingZero = rest.first == UInt8(ascii: "0")
      let digits = takeDigits()
      guard digits == 1 || (digits > 1 && !leadingZero) else { return false }
      if rest.first == UInt8(ascii: ".") {
        rest = rest.dropFirst()
        guard takeDigits() > 0 else { return false }
      }
      if let exponent = rest.first, exponent | 0x20 == UInt8(ascii: "e") {
        rest = rest.dropFirst()
        if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
        guard takeDigits() > 0 else { return false }
      }
      return rest.isEmpty
    }

    private mutating func string(_ builder: inout TreeBuilder) throws(TreeFailure) {
      let startLine = line
      let startColumn = column
      let start = builder.text.count
      var inset: UInt8? = 1
      position += 1
      while true {
        let begin = position
        var isASCII = true
        while position < input.count {
          let byte = input[position]
          if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte < 0x20 { break }
          if byte >= 0x80 {
            isASCII = false
            if byte & 0xC0 == 0x80 { continuations += 1 }
          }
          position += 1
        }
        let run = UnsafeBufferPointer(rebasing: input[begin..<position])
        if isASCII {
          builder.text.append(contentsOf: run)
        } else {
          builder.text.append(contentsOf: String(decoding: run, as: UTF8.self).utf8)
        }
        guard let byte else { throw unexpected("'\"'") }
        if byte == UInt8(ascii: "\"") { break }
        guard byte == UInt8(ascii: "\\") else { throw unexpected("'\"' (a control character must be escaped)") }
        inset = nil
        try escape(&builder)
      }
      position += 1
      try builder.addScalar(from: start, style: .quoted, line: startLine, column: startColumn, inset: inset)
    }

    private mutating func escape(_ builder: inout TreeBuilder) throws(TreeFailure) {
      position += 1
      guard let byte else { throw unexpected("an escape") }
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): builder.text.append(byte)
      case UInt8(ascii: "b"): builder.text.append(0x08)
      case UInt8(ascii: "f"): builder.text.append(0x0C)
      case UInt8(ascii: "n"): builder.text.append(0x0A)
      case UInt8(ascii: "r"): builder.text.append(0x0D)
      case UInt8(ascii: "t"): builder.text.append(0x09)
      case UInt8(ascii: "u"):
        guard var code = hex(at: position + 1) else { throw unexpected("four hexadecimal digits after '\\u'") }
        position += 4
        if code >= 0xD800, code < 0xDC00, position + 2 < input.count, input[position + 1] == UInt8(ascii: "\\"),
          input[position + 2] == UInt8(ascii: "u"), let low = hex(at: position + 3), low >= 0xDC00, low < 0xE000
        {
          code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
          position += 6
        }
        builder.text.append(contentsOf: String(Unicode.Scalar(code) ?? "\u{FFFD}").utf8)
      default: throw unexpected("an escape that JSON knows")
      }
      position += 1
    }

    private func hex(at start: Int) -> UInt32? {
      guard start + 4 <= input.count else { return nil }
      let digits = input[start..<start + 4]
      guard digits.allSatisfy({ Hex.value(of: $0) != nil }) else { return nil }
      return UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
    }

    private func unexpected(_ expected: String) -> TreeFailure {
      let found =
        if let byte {
          byte >= 0x21 && byte < 0x7F ? "'\(Character(Unicode.Scalar(byte)))'" : "byte 0x\(String(byte, radix: 16))"
        } else {
          "the end of the text"
        }
      return TreeFailure(
        code: .syntax, line: line, column: column, reason: "the JSON is malformed: expected \(expected), found \(found)"
      )
    }
  }
}
