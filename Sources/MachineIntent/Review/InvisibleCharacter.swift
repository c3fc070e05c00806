/// A character outside ASCII that looks like nothing or like a space, or bytes that are no UTF-8.
struct InvisibleCharacter {
  /// Of its first byte, from the text's beginning.
  let offset: Int
  /// As a sentence names it.
  let name: String

  /// The first one in a text; a byte order mark at its very beginning is none.
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
