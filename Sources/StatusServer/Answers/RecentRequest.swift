import Glibc

/// The request that was read last. A poller repeats the same bytes, and the same bytes always hold the same query.
struct RecentRequest {
  private var bytes: [UInt8] = []
  private var query: StatusQuery?

  /// Returns the query if `received` is that request exactly, with nothing before or after it, and nil otherwise.
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

  /// Keeps a query and the bytes it was read from, which hold nothing else.
  mutating func remember(_ query: StatusQuery, of bytes: Span<UInt8>) {
    self.bytes = bytes.withUnsafeBufferPointer { Array($0) }
    self.query = query
  }

  /// Drops the request. Call it when a new document becomes current: a query states whether the client has that one.
  mutating func forget() { self = RecentRequest() }
}
