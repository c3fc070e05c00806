/// A pattern of shell wildcards, matched as `fnmatch(3)` without flags does in the C locale, which is how kmod compares
/// names: `*`, `?`, `[…]` with ranges, classes and `!` or `^`, and `\` before a literal byte. Nothing is special about
/// `/` or a leading dot.
enum ShellPattern {
  /// Whether anything in the pattern is a wildcard; other patterns match only themselves.
  static func hasWildcard(_ pattern: UnsafeBufferPointer<UInt8>) -> Bool {
    pattern.contains {
      $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "[") || $0 == UInt8(ascii: "\\")
    }
  }

  static func matches(_ pattern: UnsafeBufferPointer<UInt8>, _ text: UnsafeBufferPointer<UInt8>) -> Bool {
    var position = 0
    var textPosition = 0
    var retry: (position: Int, textPosition: Int)?
    while position < pattern.count || textPosition < text.count {
      if position < pattern.count, pattern[position] == UInt8(ascii: "*") {
        position += 1
        retry = (position, textPosition)
        continue
      }
      if position < pattern.count, textPosition < text.count,
        let next = step(over: text[textPosition], from: position, in: pattern)
      {
        position = next
        textPosition += 1
        continue
      }
      // Let the last star take one byte more.
      guard let star = retry, star.textPosition < text.count else { return false }
      textPosition = star.textPosition + 1
      position = star.position
      retry = (position, textPosition)
    }
    return true
  }

  /// The position behind the element at `position`, if that element is no star and matches the byte.
  private static func step(over byte: UInt8, from position: Int, in pattern: UnsafeBufferPointer<UInt8>) -> Int? {
    switch pattern[position] {
    case UInt8(ascii: "?"):
      return position + 1
    case UInt8(ascii: "\\"):
      guard position + 1 < pattern.count, pattern[position + 1] == byte else { return nil }
      return position + 2
    case UInt8(ascii: "["):
      guard let bracket = BracketExpression(pattern, at: position) else {
        return byte == UInt8(ascii: "[") ? position + 1 : nil
      }
      return bracket.contains(byte) ? bracket.end : nil
    case let literal:
      return literal == byte ? position + 1 : nil
    }
  }
}

/// `[…]` of a shell pattern.
private struct BracketExpression {
  /// Behind the closing bracket.
  let end: Int
  private let members: Set<UInt8>
  private let isNegated: Bool

  /// Nil where the bracket does not close; `[` then stands for itself.
  init?(_ pattern: UnsafeBufferPointer<UInt8>, at start: Int) {
    var position = start + 1
    let negation = position < pattern.count ? pattern[position] : 0
    isNegated = negation == UInt8(ascii: "!") || negation == UInt8(ascii: "^")
    if isNegated { position += 1 }
    var members: Set<UInt8> = []
    var isFirst = true
    while true {
      guard position < pattern.count else { return nil }
      if pattern[position] == UInt8(ascii: "]"), !isFirst { break }
      isFirst = false
      if let named = NamedClass(pattern, at: position) {
        members.formUnion((0...UInt8.max).filter(named.contains))
        position = named.end
        continue
      }
      guard let low = Self.member(of: pattern, at: &position) else { return nil }
      guard position + 1 < pattern.count, pattern[position] == UInt8(ascii: "-"),
        pattern[position + 1] != UInt8(ascii: "]")
      else {
        members.insert(low)
        continue
      }
      position += 1
      guard let high = Self.member(of: pattern, at: &position) else { return nil }
      if low <= high { members.formUnion(low...high) }
    }
    end = position + 1
    self.members = members
  }

  func contains(_ byte: UInt8) -> Bool { members.contains(byte) != isNegated }

  /// One byte, itself, behind a backslash, or as `[.x.]` or `[=x=]`.
  private static func member(of pattern: UnsafeBufferPointer<UInt8>, at position: inout Int) -> UInt8? {
    if position + 4 < pattern.count, pattern[position] == UInt8(ascii: "["),
      pattern[position + 1] == UInt8(ascii: ".") || pattern[position + 1] == UInt8(ascii: "="),
      pattern[position + 3] == pattern[position + 1], pattern[position + 4] == UInt8(ascii: "]")
    {
      defer { position += 5 }
      return pattern[position + 2]
    }
    if pattern[position] == UInt8(ascii: "\\") {
      position += 1
      guard position < pattern.count else { return nil }
    }
    defer { position += 1 }
    return pattern[position]
  }
}

/// `[:alpha:]` and its like within a bracket expression.
private struct NamedClass {
  let end: Int
  let contains: (UInt8) -> Bool

  init?(_ pattern: UnsafeBufferPointer<UInt8>, at start: Int) {
    guard start + 1 < pattern.count, pattern[start] == UInt8(ascii: "["), pattern[start + 1] == UInt8(ascii: ":"),
      let colon = pattern[(start + 2)...].firstIndex(of: UInt8(ascii: ":")), colon + 1 < pattern.count,
      pattern[colon + 1] == UInt8(ascii: "]"),
      let contains = Self.classes[String(decoding: pattern[(start + 2)..<colon], as: UTF8.self)]
    else { return nil }
    end = colon + 2
    self.contains = contains
  }

  private static let classes: [String: @Sendable (UInt8) -> Bool] = [
    "alpha": isLetter,
    "digit": isDigit,
    "alnum": { isLetter($0) || isDigit($0) },
    "upper": { (0x41...0x5A).contains($0) },
    "lower": { (0x61...0x7A).contains($0) },
    "space": { $0 == 0x20 || (0x09...0x0D).contains($0) },
    "blank": { $0 == 0x20 || $0 == 0x09 },
    "punct": { (0x21...0x7E).contains($0) && !isLetter($0) && !isDigit($0) },
    "print": { (0x20...0x7E).contains($0) },
    "graph": { (0x21...0x7E).contains($0) },
    "cntrl": { $0 < 0x20 || $0 == 0x7F },
    "xdigit": { isDigit($0) || (0x41...0x46).contains($0) || (0x61...0x66).contains($0) },
  ]

  private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }
  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
