import Glibc

/// The character classes of RFC 9110 section 5.6 and the octets that HTTP gives a meaning.
package enum Octet {
  package static let horizontalTab: UInt8 = 0x09
  package static let lineFeed: UInt8 = 0x0A
  package static let carriageReturn: UInt8 = 0x0D
  package static let space: UInt8 = 0x20
  package static let quote: UInt8 = 0x22
  package static let percent: UInt8 = 0x25
  package static let comma: UInt8 = 0x2C
  package static let slash: UInt8 = 0x2F
  package static let colon: UInt8 = 0x3A
  package static let semicolon: UInt8 = 0x3B
  package static let equals: UInt8 = 0x3D
  package static let backslash: UInt8 = 0x5C

  /// The characters of a token (tchar): one bit for each ASCII character, 0 to 63 and 64 to 127.
  private static let tokenLow: UInt64 = 0x03ff_6cfa_0000_0000
  private static let tokenHigh: UInt64 = 0x57ff_ffff_c7ff_fffe

  /// Whether the octet is a character of a token (tchar).
  @inline(__always)
  package static func isToken(_ octet: UInt8) -> Bool {
    guard octet < 128 else { return false }
    return ((octet < 64 ? tokenLow : tokenHigh) >> UInt64(octet & 63)) & 1 == 1
  }

  /// Whether the octet is allowed in a field value: field-vchar, SP or HTAB, and no other control character.
  @inline(__always)
  package static func isFieldContent(_ octet: UInt8) -> Bool {
    (octet >= space && octet != 0x7F) || octet == horizontalTab
  }

  /// Whether the octet is a space or a tab.
  @inline(__always)
  package static func isBlank(_ octet: UInt8) -> Bool { octet == space || octet == horizontalTab }

  @inline(__always)
  package static func isDigit(_ octet: UInt8) -> Bool { octet &- 0x30 < 10 }

  /// Returns nil if the octet is not a hexadecimal digit.
  package static func hexValue(_ octet: UInt8) -> Int? {
    switch octet {
    case 0x30...0x39: Int(octet) - 0x30
    case 0x41...0x46: Int(octet) - 0x41 + 10
    case 0x61...0x66: Int(octet) - 0x61 + 10
    default: nil
    }
  }

  @inline(__always)
  package static func lowercased(_ octet: UInt8) -> UInt8 { octet &- 0x41 < 26 ? octet | 0x20 : octet }
}

extension Span<UInt8> {
  /// Returns the index of the first line feed at or after `start`, or nil if there is none.
  package func firstLineFeed(from start: Int) -> Int? {
    withUnsafeBufferPointer { bytes in
      guard start < bytes.count, let base = bytes.baseAddress else { return nil }
      let found = memchr(base + start, Int32(Octet.lineFeed), bytes.count - start)
      return found.map { UnsafeRawPointer($0) - UnsafeRawPointer(base) }
    }
  }

  /// Decodes the percent sign at `index` and the two digits after it (RFC 3986 section 2.1). Returns nil if malformed.
  package func escapedOctet(at index: Int, before end: Int) -> UInt8? {
    guard index + 2 < end, let high = Octet.hexValue(self[index + 1]), let low = Octet.hexValue(self[index + 2]) else {
      return nil
    }
    return UInt8(high * 16 + low)
  }

  /// Returns the range without the blanks at both ends.
  package func trimmingBlanks(_ range: Range<Int>) -> Range<Int> {
    var lower = range.lowerBound
    var upper = range.upperBound
    while lower < upper, Octet.isBlank(self[lower]) { lower += 1 }
    while upper > lower, Octet.isBlank(self[upper - 1]) { upper -= 1 }
    return lower..<upper
  }

  /// Returns whether the bytes of the range equal `text`, which is ASCII.
  package func holds(_ text: StaticString, at range: Range<Int>) -> Bool {
    guard range.count == text.utf8CodeUnitCount else { return false }
    for offset in 0..<range.count where self[range.lowerBound + offset] != text.utf8Start[offset] { return false }
    return true
  }

  /// Returns whether the bytes of the range equal `text`, which is lower-case ASCII, in any case.
  package func holds(ignoringCase text: StaticString, at range: Range<Int>) -> Bool {
    guard range.count == text.utf8CodeUnitCount else { return false }
    for offset in 0..<range.count
    where Octet.lowercased(self[range.lowerBound + offset]) != text.utf8Start[offset] { return false }
    return true
  }

  /// Calls `body` with each element of a comma-separated list, trimmed, empty elements included (RFC 9110 section 5.6.1).
  package func forEachElement(of list: Range<Int>, _ body: (Range<Int>) -> Void) {
    var start = list.lowerBound
    for index in list where self[index] == Octet.comma {
      body(trimmingBlanks(start..<index))
      start = index + 1
    }
    body(trimmingBlanks(start..<list.upperBound))
  }
}
