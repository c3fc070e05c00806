extension ArraySlice<UInt8> {
  /// The bytes without the spaces and tabs at both ends.
  package var trimmed: ArraySlice<UInt8> {
    func isTrimmed(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
    guard let first = firstIndex(where: { !isTrimmed($0) }), let last = lastIndex(where: { !isTrimmed($0) }) else {
      return []
    }
    return self[first...last]
  }
}
