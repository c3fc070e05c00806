import FoundationEssentials
import MachineIntent
package import Reconcile

/// The record of every change to a file: appended durably before the change is made, with the bytes that it replaces.
///
/// `ledger.jsonl` holds one `LedgerEntry` a line; `originals/` holds the replaced bytes under their SHA-256.
/// A last line that the power cut short is no entry: its change was never begun.
package struct Ledger {
  package static let directory = "/var/lib/sctp-agent"
  package static let path = "\(directory)/ledger.jsonl"
  private static let originals = "\(directory)/originals"
  /// Where a predecessor's death may leave temporary files.
  static let directories = [directory, originals]
  private static let limit = 64 * 1024 * 1024
  /// A ledger of more entries is folded, and then whenever it has doubled.
  private static let foldAbove = 1024

  private let files: any NodeFiles
  /// The files of others that the agent has changed.
  package private(set) var overridden: Set<String> = []
  private var count: Int
  private var foldsAbove: Int
  /// True where the last line lacks its newline: it would swallow the next entry.
  private var isTorn: Bool

  /// Reads the ledger and changes nothing; none yet is an empty one.
  package init(files: any NodeFiles) throws(FileFailure) {
    self.files = files
    let bytes = try files.read(Self.path, limit: Self.limit) ?? []
    let lines = bytes.split(separator: UInt8(ascii: "\n"))
    // Of a long ledger only the few lines that count are decoded: every start waits for this.
    let mark = Array(#""owner":"\#(FileVerdict.Owner.override.rawValue)""#.utf8)
    for line in lines where line.contains(mark) {
      if let entry = Self.entry(line), entry.owner == .override { overridden.insert(entry.path) }
    }
    count = lines.count
    foldsAbove = max(Self.foldAbove, 2 * count)
    isTorn = bytes.last.map { $0 != UInt8(ascii: "\n") } ?? false
  }

  /// One that nothing is known of, for whoever only looks and may not read it.
  init(unreadIn files: any NodeFiles) {
    self.files = files
    count = 0
    foldsAbove = Self.foldAbove
    isTorn = false
  }

  /// Every entry, in the order in which they were written.
  package func entries() throws(FileFailure) -> [LedgerEntry] {
    (try files.read(Self.path, limit: Self.limit) ?? []).split(separator: UInt8(ascii: "\n")).compactMap(Self.entry)
  }

  /// Writes down that `write` is about to replace `entry`, keeping its bytes.
  package mutating func record(
    _ write: FileWrite, because reason: WriteReason, owner: FileVerdict.Owner, replacing entry: FileEntry?,
    at now: Timestamp
  ) throws(FileFailure) {
    let original = LedgerEntry.Original(entry)
    if let digest = original.sha256, let bytes = entry?.contents { try keep(bytes, digest: digest) }
    try append(
      LedgerEntry(
        at: now, path: write.path, because: reason.description, owner: owner, original: original,
        sha256: ContentDigest.sha256(write.contents), mode: write.mode))
  }

  /// The bytes of an original; nil: they are not kept.
  package func bytes(of original: LedgerEntry.Original) throws(FileFailure) -> [UInt8]? {
    guard let digest = original.sha256 else { return nil }
    return try files.read("\(Self.originals)/\(digest)", limit: Self.limit)
  }

  /// Forgets every entry of the paths, once they are as they were.
  package mutating func forget(_ paths: Set<String>) throws(FileFailure) {
    try rewrite(try entries().filter { !paths.contains($0.path) })
  }

  private func keep(_ bytes: [UInt8], digest: String) throws(FileFailure) {
    let path = "\(Self.originals)/\(digest)"
    guard try files.stamp(path) == nil else { return }
    try files.createDirectory(Self.originals)
    try files.write(FileWrite(path: path, contents: bytes, mode: FileMode(0o600), user: 0, group: 0))
  }

  private mutating func append(_ entry: LedgerEntry) throws(FileFailure) {
    let line = (isTorn ? [UInt8(ascii: "\n")] : []) + Self.line(entry)
    do {
      try files.append(line, to: Self.path)
    } catch  where error.token == "NotFound" {
      try files.createDirectory(Self.directory)
      try files.append(line, to: Self.path)
    }
    isTorn = false
    count += 1
    if entry.owner == .override { overridden.insert(entry.path) }
    guard count > foldsAbove else { return }
    foldsAbove = 2 * count
    // The entry is safe. A ledger that cannot be made shorter is no reason to leave the node as it is.
    try? fold()
  }

  /// Keeps of each path what `revert` needs and the latest entries, and nothing of files whose owners took them away.
  private mutating func fold() throws(FileFailure) {
    var kept: [LedgerEntry] = []
    for path in RecordedPath.all(try entries()) {
      if path.isOthers, try files.entry(path.path) == nil { continue }
      kept += path.folded
    }
    try rewrite(kept.sorted { $0.at < $1.at })
    let digests = Set(kept.compactMap(\.original.sha256))
    for entry in try files.list(Self.originals)?.entries ?? [] where !digests.contains(entry.name) {
      try files.remove(entry.path)
    }
  }

  private mutating func rewrite(_ entries: [LedgerEntry]) throws(FileFailure) {
    try files.write(
      FileWrite(
        path: Self.path, contents: entries.flatMap(Self.line), mode: FileMode(0o600), user: 0, group: 0))
    overridden = Set(entries.filter { $0.owner == .override }.map(\.path))
    count = entries.count
    foldsAbove = max(Self.foldAbove, 2 * count)
    isTorn = false
  }

  /// nil: no whole entry.
  private static func entry(_ line: ArraySlice<UInt8>) -> LedgerEntry? {
    try? JSONDecoder().decode(LedgerEntry.self, from: Data(line))
  }

  private static func line(_ entry: LedgerEntry) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Strings and numbers only: this cannot fail to encode.
    return Array((try? encoder.encode(entry)) ?? Data()) + [UInt8(ascii: "\n")]
  }
}

extension LedgerEntry.Original {
  init(_ entry: FileEntry?) {
    guard let entry else {
      self.init(kind: .absent)
      return
    }
    switch entry.kind {
    case .regular:
      self.init(
        kind: .regular, sha256: entry.contents.map(ContentDigest.sha256), mode: entry.mode.description,
        user: entry.user, group: entry.group, label: entry.label)
    case .symlink(let target):
      self.init(kind: .symlink, user: entry.user, group: entry.group, label: entry.label, target: target)
    case .directory, .fifo, .socket, .device:
      self.init(kind: .other, mode: entry.mode.description, user: entry.user, group: entry.group, label: entry.label)
    }
  }
}
