import Glibc

/// The request that was read last. Whoever polls asks the same again, to the byte, and reading bytes again can only give
/// the same.
struct RecentRequest {
  private var bytes: [UInt8] = []
  private var query: StatusQuery?

  /// What `received` asks; nil: it is not that request, with nothing before or after it.
  func query(of received: Span<UInt8>) -> StatusQuery? {
    guard received.count == bytes.count else { return nil }
    let isEqual = received.withUnsafeBytes { received in
      bytes.withUnsafeBytes { bytes in
        guard let one = received.baseAddress, let other = bytes.baseAddress else { return false }
        return memcmp(one, other, bytes.count) == 0
      }
    }
    return isEqual ? query : nil
  }

  /// `bytes` hold the request and nothing else.
  mutating func remember(_ query: StatusQuery, of bytes: Span<UInt8>) {
    self.bytes = bytes.withUnsafeBufferPointer { Array($0) }
    self.query = query
  }

  /// Call it when another document becomes current: a query says whether the client holds the current one.
  mutating func forget() { self = RecentRequest() }
}
