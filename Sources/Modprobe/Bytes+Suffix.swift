extension BidirectionalCollection<UInt8> {
  /// Whether `suffix` is the end of the bytes. `String.hasSuffix` compares characters, and a suffix may be only a part of one.
  @inlinable package func ends(with suffix: some BidirectionalCollection<UInt8>) -> Bool {
    var index = endIndex
    var wanted = suffix.endIndex
    while wanted > suffix.startIndex {
      guard index > startIndex else { return false }
      formIndex(before: &index)
      suffix.formIndex(before: &wanted)
      guard self[index] == suffix[wanted] else { return false }
    }
    return true
  }
}
