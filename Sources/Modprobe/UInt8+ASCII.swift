extension UInt8 {
  /// Whether the byte is white space, like `isspace(3)` in the C locale.
  var isBlank: Bool { self == 0x20 || (0x09...0x0D).contains(self) }
}
