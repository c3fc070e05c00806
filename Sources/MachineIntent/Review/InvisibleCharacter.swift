/// A character outside ASCII that is invisible or looks like a space, or bytes that are not UTF-8.
struct InvisibleCharacter {
  /// The offset of its first byte in the text.
  let offset: Int
  /// The name that a message uses.
  let name: String

  /// Finds the first one in a text. Returns nil if there is none. A byte order mark at the beginning does not count.
  init?(in text: some Collection<UInt8>) {
    guard text.contains(where: { $0 >= 0x80 }) else { return nil }
    guard let string = String(validating: text, as: UTF8.self) else {
      (offset, name) = (text.prefix { $0 < 0x80 }.count, "bytes that are not UTF-8")
      return
    }
    var position = 0
    for scalar in string.unicodeScalars {
      defer { position += UTF8.width(scalar) }
      guard scalar.value >= 0x80, scalar != "\u{FEFF}" || position > 0 else { continue }
      switch scalar.properties.generalCategory {
      case .control, .format, .spaceSeparator, .lineSeparator, .paragraphSeparator:
        let digits = String(scalar.value, radix: 16, uppercase: true)
        (offset, name) = (
          position, "the character U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
        )
        return
      default: break
      }
    }
    return nil
  }
}
