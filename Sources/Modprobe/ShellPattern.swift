/// Matches names with shell wildcards like kmod: with `fnmatch(3)` without flags in the C locale. The wildcards are
/// `*`, `?`, `[…]` with ranges and `!` or `^`, and `\` before a literal byte. `/` and a leading dot are not special.
/// There are no classes such as `[[:alpha:]]`, because kmod refuses a name with an unmatched `]`.
enum ShellPattern {
  /// Whether the pattern has a wildcard. A pattern without one matches only itself.
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
      // Match one more byte with the last star.
      guard let star = retry, star.textPosition < text.count else { return false }
      textPosition = star.textPosition + 1
      position = star.position
      retry = (position, textPosition)
    }
    return true
  }

  /// Returns the position after the element at `position` if that element matches the byte, or nil. It is not a star.
  private static func step(over byte: UInt8, from position: Int, in pattern: UnsafeBufferPointer<UInt8>) -> Int? {
    switch pattern[position] {
    case UInt8(ascii: "?"):
      return position + 1
    case UInt8(ascii: "\\"):
      guard position + 1 < pattern.count, pattern[position + 1] == byte else { return nil }
      return position + 2
    case UInt8(ascii: "["):
      guard let (end, isMember) = bracket(from: position + 1, in: pattern, contains: byte) else {
        return byte == UInt8(ascii: "[") ? position + 1 : nil
      }
      return isMember ? end : nil
    case let literal:
      return literal == byte ? position + 1 : nil
    }
  }

  /// Returns the position after the bracket expression whose `[` precedes `start`, and whether it has the byte. Returns
  /// Returns nil if the bracket does not close: then `[` is an ordinary character.
  private static func bracket(
    from start: Int, in pattern: UnsafeBufferPointer<UInt8>, contains byte: UInt8
  ) -> (end: Int, isMember: Bool)? {
    var position = start
    /// Returns the next member, which may follow a backslash.
    func member() -> UInt8? {
      if position < pattern.count, pattern[position] == UInt8(ascii: "\\") { position += 1 }
      guard position < pattern.count else { return nil }
      defer { position += 1 }
      return pattern[position]
    }

    let isNegated =
      position < pattern.count && (pattern[position] == UInt8(ascii: "!") || pattern[position] == UInt8(ascii: "^"))
    if isNegated { position += 1 }
    let first = position
    var isMember = false
    while position < pattern.count {
      if pattern[position] == UInt8(ascii: "]"), position > first { return (position + 1, isMember != isNegated) }
      guard let low = member() else { return nil }
      var high = low
      if position + 1 < pattern.count, pattern[position] == UInt8(ascii: "-"),
        pattern[position + 1] != UInt8(ascii: "]")
      {
        position += 1
        guard let end = member() else { return nil }
        high = end
      }
      if low <= byte, byte <= high { isMember = true }
    }
    return nil
  }
}
