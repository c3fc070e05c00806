/// What the ledger holds of one path, and what that means for undoing it.
package struct RecordedPath: Hashable, Sendable {
  /// The latest entries that a folded ledger keeps of each path.
  static let latest = 3

  package let path: String
  /// In the order in which they were written; never empty.
  package let entries: [LedgerEntry]
  /// The entry whose original `revert` brings back.
  private let base: LedgerEntry

  /// The paths in the order of their bytes.
  package static func all(_ entries: [LedgerEntry]) -> [Self] {
    Dictionary(grouping: entries, by: \.path).compactMap { Self(path: $0, entries: $1) }.sorted { $0.path < $1.path }
  }

  /// nil: there are no entries.
  package init?(path: String, entries: [LedgerEntry]) {
    guard var base = entries.first else { return nil }
    self.path = path
    self.entries = entries
    var written: Set<String?> = [base.sha256]
    for entry in entries.dropFirst() {
      if entry.owner == .override, !(entry.original.kind == .regular && written.contains(entry.original.sha256)) {
        base = entry
      }
      written.insert(entry.sha256)
    }
    self.base = base
  }

  /// What to bring back.
  ///
  /// Of a declared path, what was there before the agent's first change: what others put there later was drift. Of a
  /// file of others, what they last put there themselves: the agent only edits what stays theirs, such as the new
  /// version that an upgrade brings.
  package var original: LedgerEntry.Original { base.original }

  /// True of a file that others made and the agent has edited in place.
  package var isOthers: Bool { base.owner == .override && base.original.kind == .regular }

  /// The entries without those that neither `revert` needs nor a reader of the recent past.
  package var folded: [LedgerEntry] {
    let recent = entries.suffix(Self.latest)
    return recent.contains(base) ? Array(recent) : [base] + recent
  }
}
