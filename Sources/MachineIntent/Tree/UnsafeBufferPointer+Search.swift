extension UnsafeBufferPointer<UInt8> {
  /// The first index at or after `start` where `byte` stands; nil: there is none. It looks at eight bytes at a time: what
  /// is looked for is rare in a text that may have megabytes.
  func firstIndex(of byte: UInt8, from start: Int) -> Int? {
    let (ones, highBits) = (0x0101_0101_0101_0101 as UInt64, 0x8080_8080_8080_8080 as UInt64)
    let pattern = UInt64(byte) &* ones
    var index = start
    if let bytes = UnsafeRawPointer(baseAddress) {
      while index + 8 <= count {
        // A byte that is the one wanted becomes 0, and the lowest one of these alone takes a borrow of its own.
        let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)) ^ pattern
        let found = (word &- ones) & ~word & highBits
        if found != 0 { return index + found.trailingZeroBitCount / 8 }
        index += 8
      }
    }
    while index < count {
      if self[index] == byte { return index }
      index += 1
    }
    return nil
  }
}
