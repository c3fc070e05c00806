// The elements are compared by their places in memory: the iterators of strings and of buffers take several times as
// long, and a look at the node compares thousands of names.

extension String.UTF8View {
  /// Whether both have the same bytes.
  func hasSameBytes(as other: Self) -> Bool {
    withContiguousStorageIfAvailable { left in
      other.withContiguousStorageIfAvailable { right in
        guard left.count == right.count else { return false }
        for index in 0..<left.count where left[index] != right[index] { return false }
        return true
      }
    }.flatMap(\.self) ?? elementsEqual(other)
  }

  /// Whether the bytes come before those of `other`, in the order of `strcmp(3)`.
  func precedes(_ other: Self) -> Bool {
    withContiguousStorageIfAvailable { left in
      other.withContiguousStorageIfAvailable { right in
        for index in 0..<Swift.min(left.count, right.count) where left[index] != right[index] {
          return left[index] < right[index]
        }
        return left.count < right.count
      }
    }.flatMap(\.self) ?? lexicographicallyPrecedes(other)
  }
}
