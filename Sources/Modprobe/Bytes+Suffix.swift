extension BidirectionalCollection<UInt8> {
  /// Whether these are the last bytes. `String.hasSuffix` looks at characters, of which a suffix may be but a part.
  package func ends(with suffix: some BidirectionalCollection<UInt8>) -> Bool {
    reversed().starts(with: suffix.reversed())
  }
}
