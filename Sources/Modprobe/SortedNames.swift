/// Names of modules, sorted by how they begin and by how they end, so that a pattern is compared with few of them.
struct SortedNames {
  private let names: [[UInt8]]
  /// The same names from their last byte to their first.
  private let reversed: [[UInt8]]

  init(_ names: [ModuleName]) {
    let all = Set(names.map { Array($0.rawValue.utf8) })
    self.names = all.sorted { $0.lexicographicallyPrecedes($1) }
    reversed = all.map { $0.reversed() }.sorted { $0.lexicographicallyPrecedes($1) }
  }

  func contains(_ name: [UInt8]) -> Bool { Self.beginning(with: name, in: names).first == name }

  /// Whether one of the names matches the rule's name or pattern.
  func containsMatch(of rule: ModprobeRule) -> Bool {
    let pattern = rule.foldedName
    guard let first = pattern.firstIndex(where: Self.isWildcard) else { return contains(pattern) }
    let alike = Self.beginning(with: pattern[..<first], in: names)
    let end = Self.literalEnd(of: pattern)
    let alikeAtTheEnd = Self.beginning(with: end.reversed(), in: reversed)
    return alike.count <= alikeAtTheEnd.count
      ? alike.contains(where: rule.matches) : alikeAtTheEnd.contains { rule.matches($0.reversed()) }
  }

  private static func isWildcard(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "*") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "[") || byte == UInt8(ascii: "\\")
  }

  /// What every match ends with. A bracket or a backslash may change the meaning of what follows it.
  private static func literalEnd(of pattern: [UInt8]) -> ArraySlice<UInt8> {
    guard !pattern.contains(UInt8(ascii: "[")), !pattern.contains(UInt8(ascii: "\\")),
      let last = pattern.lastIndex(where: isWildcard)
    else { return [] }
    return pattern[(last + 1)...]
  }

  /// The part of the sorted names that begin like this.
  private static func beginning(
    with start: some BidirectionalCollection<UInt8>, in names: [[UInt8]]
  ) -> ArraySlice<[UInt8]> {
    let low = firstIndex(in: names[...]) { !$0.lexicographicallyPrecedes(start) }
    return names[low..<firstIndex(in: names[low...]) { !$0.starts(with: start) }]
  }

  /// The first index of which `holds` is true; it is true of all after it.
  private static func firstIndex(in names: ArraySlice<[UInt8]>, where holds: ([UInt8]) -> Bool) -> Int {
    var (low, high) = (names.startIndex, names.endIndex)
    while low < high {
      let middle = (low + high) / 2
      if holds(names[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
