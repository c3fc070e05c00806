extension UInt8 {
  /// C's `isspace` in the C locale.
  var isBlank: Bool { self == 0x20 || (0x09...0x0D).contains(self) }
}
