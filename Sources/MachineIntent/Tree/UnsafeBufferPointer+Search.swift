extension UnsafeBufferPointer<UInt8> {
  /// Returns the first index at or after `start` that has `byte`, or nil if there is none. The search compares eight bytes
  /// at a time, because a text can have megabytes.
  func firstIndex(of byte: UInt8, from start: Int) -> Int? {
    let (ones, highBits) = (0x0101_0101_0101_0101 as UInt64, 0x8080_8080_8080_8080 as UInt64)
    let pattern = UInt64(byte) &* ones
    var index = start
    if let bytes = UnsafeRawPointer(baseAddress) {
      while index + 8 <= count {
        // A byte that matches becomes 0, and the subtraction sets the high bit of the lowest such byte.
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
