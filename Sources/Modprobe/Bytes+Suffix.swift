extension BidirectionalCollection<UInt8> {
  /// Whether `suffix` is the end of the bytes. `String.hasSuffix` compares characters, and a suffix may be only a part of one.
  package func ends(with suffix: some BidirectionalCollection<UInt8>) -> Bool {
    reversed().starts(with: suffix.reversed())
  }
}
