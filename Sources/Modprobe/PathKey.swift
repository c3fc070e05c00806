/// A path as a key, compared byte by byte as in the kernel. Two Swift strings are equal if they look the same, even if they
/// have different bytes.
package struct PathKey: Hashable, Comparable, Sendable {
  package let path: String

  package init(_ path: String) { self.path = path }

  package static func == (left: Self, right: Self) -> Bool {
    left.withBytes(right) { $0.count == $1.count && $0.elementsEqual($1) }
  }

  package static func < (left: Self, right: Self) -> Bool {
    left.withBytes(right) { $0.lexicographicallyPrecedes($1) }
  }

  /// Calls `body` with the bytes of both paths. The iterators of strings take a dozen times as long.
  private func withBytes(
    _ other: Self, _ body: (UnsafeBufferPointer<UInt8>, UnsafeBufferPointer<UInt8>) -> Bool
  ) -> Bool {
    var (one, another) = (path, other.path)
    return one.withUTF8 { bytes in another.withUTF8 { body(bytes, $0) } }
  }

  package func hash(into hasher: inout Hasher) {
    let isHashed: Void? = path.utf8.withContiguousStorageIfAvailable {
      hasher.combine(bytes: UnsafeRawBufferPointer($0))
    }
    if isHashed == nil { for byte in path.utf8 { hasher.combine(byte) } }
  }
}
