/// Counts the values that a decoder which copies aliases would make of a document. A document of which nearly everything
/// comes from aliases is refused, as the YAML decoder of Kubernetes does.
struct AliasExpansion {
  private var total = 0
  private var fromAliases = 0
  /// The number of values to which each finished collection with an anchor expands, by the index of its entry.
  private var sizes: [Int32: Int] = [:]
  private var open: [(before: Int, anchored: Bool)] = []

  mutating func openCollection(anchored: Bool) {
    open.append((total, anchored))
    total = saturating(total, 1)
  }

  mutating func closeCollection(_ index: Int32) {
    guard let collection = open.popLast(), collection.anchored else { return }
    sizes[index] = total - collection.before
  }

  mutating func scalar() { total = saturating(total, 1) }

  /// Adds the values to which `target` expands. Returns false if there are too many now.
  mutating func alias(of target: Int32) -> Bool {
    let size = sizes[target] ?? 1
    total = saturating(total, size)
    fromAliases = saturating(fromAliases, size)
    guard fromAliases > 100, total > 1000 else { return true }
    return Double(fromAliases) / Double(total) <= allowedShare
  }

  /// The share of values that may come from aliases: nearly all of a small document, and a tenth of a large one.
  private var allowedShare: Double {
    let (low, high) = (400_000.0, 4_000_000.0)
    switch Double(total) {
    case ...low: return 0.99
    case high...: return 0.10
    case let total: return 0.99 - 0.89 * (total - low) / (high - low)
    }
  }

  private func saturating(_ left: Int, _ right: Int) -> Int {
    let (sum, overflow) = left.addingReportingOverflow(right)
    return overflow ? .max / 4 : min(sum, .max / 4)
  }
}
