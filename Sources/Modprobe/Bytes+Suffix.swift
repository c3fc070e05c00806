extension BidirectionalCollection<UInt8> {
  /// Whether `suffix` is the end of the bytes. `String.hasSuffix` compares characters, and a suffix may be only a part of one.
  @inlinable package func ends(with suffix: some BidirectionalCollection<UInt8>) -> Bool {
    let isEnd = withContiguousStorageIfAvailable { bytes in
      suffix.withContiguousStorageIfAvailable { end in
        let start = bytes.count - end.count
        return start >= 0 && end.indices.allSatisfy { bytes[start + $0] == end[$0] }
      }
    }
    return isEnd.flatMap(\.self) ?? reversed().starts(with: suffix.reversed())
  }
}
