/// Columns are counted in characters.
enum UTF8Columns {
  static func count(_ text: some Sequence<UInt8>) -> Int { text.count { $0 & 0xC0 != 0x80 } }
}
