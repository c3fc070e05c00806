extension UInt8 {
  /// As a sentence names it.
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
