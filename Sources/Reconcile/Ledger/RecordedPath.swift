import Modprobe

/// What the ledger holds of one path, and what that means for undoing it.
package struct RecordedPath: Hashable, Sendable {
  package let path: String
  /// In the order in which they were written; never empty.
  package let entries: [LedgerEntry]
  /// The entry whose original `revert` brings back.
  private let base: LedgerEntry

  /// The paths in the order of their bytes.
  package static func all(_ entries: [LedgerEntry]) -> [Self] {
    Dictionary(grouping: entries) { PathKey($0.path) }.sorted { $0.key < $1.key }
      .compactMap { Self(path: $0.key.path, entries: $0.value) }
  }

  /// nil: there are no entries.
  package init?(path: String, entries: [LedgerEntry]) {
    guard var base = entries.first else { return nil }
    self.path = path
    self.entries = entries
    var point = RevertPoint(base)
    for entry in entries.dropFirst() where point.moves(to: entry) { base = entry }
    self.base = base
  }

  /// What to bring back.
  ///
  /// Of a declared path, what was there before the agent's first change: what others put there later was drift. Of a
  /// file of others, what they last put there themselves: the agent only edits what stays theirs, such as the new
  /// version that an upgrade brings.
  package var original: LedgerEntry.Original { base.original }

  /// True of a file that others made and the agent has edited in place.
  package var isOthers: Bool { base.isOthers }
}

/// Tells, entry by entry of one path, which one holds what `revert` brings back.
struct RevertPoint: Sendable {
  /// What the agent itself has put there.
  private var written: Set<String?>

  /// - Parameter first: the path's first entry, where the point stands until it moves.
  init(_ first: LedgerEntry) { written = [first.sha256] }

  /// True where the entry's original is what to bring back from now on.
  mutating func moves(to entry: LedgerEntry) -> Bool {
    defer { written.insert(entry.sha256) }
    return entry.owner == .override && !(entry.original.kind == .regular && written.contains(entry.original.sha256))
  }
}

extension LedgerEntry {
  /// True of the edit of a file that others made.
  var isOthers: Bool { owner == .override && original.kind == .regular }
}
