import Modprobe

extension UInt8 {
  var isLowercaseLetter: Bool { self >= UInt8(ascii: "a") && self <= UInt8(ascii: "z") }
  var isLetter: Bool { (self | 0x20).isLowercaseLetter }
  var isDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }
}

extension UInt8 {
  /// The name of the byte in a message.
  var name: String {
    switch self {
    case 0x20: "a space"
    case 0x0A: "a line break"
    case 0x09: "a tab"
    case 0x21..<0x7F: "'\(Character(Unicode.Scalar(self)))'"
    case 0x80...: "a character outside ASCII"
    default: "the control character 0x\(Hex.text([self]))"
    }
  }
}

/// Counts columns, which are characters and not bytes.
enum UTF8Columns {
  static func count(_ text: some Sequence<UInt8>) -> Int { text.count { $0 & 0xC0 != 0x80 } }
}
