package import Modprobe

/// Which lines of a ledger outlive its folding, found line by line, so that no entry need be kept meanwhile.
///
/// Of each path that is what `revert` needs and the latest lines.
package struct LedgerFold: Sendable {
  /// The latest lines that a folded ledger keeps of each path.
  package static let latest = 3

  /// A line that stays.
  package struct Line: Hashable, Sendable {
    /// From 0.
    package let number: Int
    /// The name of its original's bytes; nil: it has none.
    package let original: String?
    package let isOverride: Bool
    fileprivate let isOthers: Bool
  }

  private struct Path {
    var point: RevertPoint
    var base: Line
    var recent: [Line]
  }

  private var paths: [PathKey: Path] = [:]

  package init() {}

  /// Takes in the next line that holds an entry.
  package mutating func add(_ entry: LedgerEntry, number: Int) {
    let line = Line(
      number: number, original: entry.original.sha256, isOverride: entry.owner == .override, isOthers: entry.isOthers)
    let key = PathKey(entry.path)
    guard var path = paths.removeValue(forKey: key) else {
      paths[key] = Path(point: RevertPoint(entry), base: line, recent: [line])
      return
    }
    if path.point.moves(to: entry) { path.base = line }
    path.recent = path.recent.suffix(Self.latest - 1) + [line]
    paths[key] = path
  }

  /// The files that others made and the agent has edited.
  package var others: [String] { paths.filter { $0.value.base.isOthers }.map(\.key.path) }

  /// Forgets a path whole.
  package mutating func drop(_ path: String) { paths[PathKey(path)] = nil }

  /// The lines that stay, in their order.
  package var lines: [Line] {
    paths.values.flatMap { path in path.recent.contains(path.base) ? path.recent : [path.base] + path.recent }
      .sorted { $0.number < $1.number }
  }

  /// The paths of which a line that stays says that the file is others'.
  package var overridden: Set<PathKey> {
    Set(paths.filter { $0.value.base.isOverride || $0.value.recent.contains(where: \.isOverride) }.keys)
  }
}
