/// A path as a key, compared byte by byte as in the kernel. Two Swift strings are equal if they look the same, even if they
/// have different bytes.
package struct PathKey: Hashable, Comparable, Sendable {
  package let path: String

  package init(_ path: String) { self.path = path }

  package static func == (left: Self, right: Self) -> Bool { left.path.utf8.hasSameBytes(as: right.path.utf8) }

  package static func < (left: Self, right: Self) -> Bool { left.path.utf8.precedes(right.path.utf8) }

  package func hash(into hasher: inout Hasher) {
    let isHashed: Void? = path.utf8.withContiguousStorageIfAvailable {
      hasher.combine(bytes: UnsafeRawBufferPointer($0))
    }
    if isHashed == nil { for byte in path.utf8 { hasher.combine(byte) } }
  }
}
