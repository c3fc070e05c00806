package import Modprobe

/// Decides which lines of a ledger stay when it is folded, line by line, so that no entry is kept in memory.
///
/// It keeps the line that `revert` needs of each path, and the latest lines.
package struct LedgerFold: Sendable {
  /// The number of latest lines that stay of each path.
  package static let latest = 3

  /// A line that stays.
  package struct Line: Hashable, Sendable {
    /// The number that `add` was given.
    package let number: Int
    /// The name of its original's bytes; nil if there are none.
    package let original: String?
    package let isOverride: Bool
    fileprivate let isUnmanaged: Bool
  }

  private struct Path {
    var point: RevertPoint
    var base: Line
    var recent: [Line]
  }

  private var paths: [PathKey: Path] = [:]

  package init() {}

  /// Adds the next line that holds an entry.
  package mutating func add(_ entry: LedgerEntry, number: Int) {
    let line = Line(
      number: number, original: entry.original.sha256, isOverride: entry.owner == .override,
      isUnmanaged: entry.isUnmanaged)
    let key = PathKey(entry.path)
    guard var path = paths.removeValue(forKey: key) else {
      paths[key] = Path(point: RevertPoint(entry), base: line, recent: [line])
      return
    }
    if path.point.moves(to: entry) { path.base = line }
    path.recent = path.recent.suffix(Self.latest - 1) + [line]
    paths[key] = path
  }

  /// The unmanaged files that the agent has edited.
  package var unmanaged: [String] { paths.filter { $0.value.base.isUnmanaged }.map(\.key.path) }

  /// Drops all lines of a path.
  package mutating func drop(_ path: String) { paths[PathKey(path)] = nil }

  /// The lines that stay, in their order.
  package var lines: [Line] {
    paths.values.flatMap { path in path.recent.contains(path.base) ? path.recent : [path.base] + path.recent }
      .sorted { $0.number < $1.number }
  }

  /// The paths of unmanaged files, according to the lines that stay.
  package var overridden: Set<PathKey> {
    Set(paths.filter { $0.value.base.isOverride || $0.value.recent.contains(where: \.isOverride) }.keys)
  }
}
