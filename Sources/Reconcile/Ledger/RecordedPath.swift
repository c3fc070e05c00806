import Modprobe

/// The entries of one path in the ledger, and what undoing them restores.
package struct RecordedPath: Hashable, Sendable {
  package let path: String
  /// The entries in the order in which they were recorded; never empty.
  package let entries: [LedgerEntry]
  /// The entry whose original `revert` restores.
  private let base: LedgerEntry

  /// Groups the entries by path, in the order of the paths' bytes.
  package static func all(_ entries: [LedgerEntry]) -> [Self] {
    Dictionary(grouping: entries) { PathKey($0.path) }.sorted { $0.key < $1.key }
      .compactMap { Self(path: $0.key.path, entries: $0.value) }
  }

  /// Returns nil if there are no entries.
  package init?(path: String, entries: [LedgerEntry]) {
    guard var base = entries.first else { return nil }
    self.path = path
    self.entries = entries
    var point = RevertPoint(base)
    for entry in entries.dropFirst() where point.moves(to: entry) { base = entry }
    self.base = base
  }

  /// What `revert` restores.
  ///
  /// For a declared path, that is what was there before the agent's first change: what other programs wrote later was
  /// drift. For an unmanaged file, it is what its owner wrote last, such as the new version that an upgrade installed.
  package var original: LedgerEntry.Original { base.original }

  /// Whether it is an unmanaged file that the agent has edited in place.
  package var isUnmanaged: Bool { base.isUnmanaged }
}

/// Finds, entry by entry of one path, the entry whose original `revert` restores.
struct RevertPoint: Sendable {
  /// The digests of what the agent itself wrote there.
  private var written: Set<String?>

  /// - Parameter first: the path's first entry, whose original is restored unless a later one moves the point.
  init(_ first: LedgerEntry) { written = [first.sha256] }

  /// Whether the entry's original is the one to restore from now on.
  mutating func moves(to entry: LedgerEntry) -> Bool {
    defer { written.insert(entry.sha256) }
    return entry.owner == .override && !(entry.original.kind == .regular && written.contains(entry.original.sha256))
  }
}

extension LedgerEntry {
  /// Whether it is the edit of an unmanaged file.
  var isUnmanaged: Bool { owner == .override && original.kind == .regular }
}
