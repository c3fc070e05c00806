import FoundationEssentials
import MachineIntent
package import Reconcile

/// The record of every change to a file: appended durably before the change is made, with the bytes that it replaces.
///
/// `ledger.jsonl` holds one `LedgerEntry` a line; `originals/` holds the replaced bytes under their SHA-256.
/// A last line that the power cut short is no entry: its change was never begun.
package struct Ledger {
  package static let directory = "/var/lib/sctp-agent"
  private static let path = "\(directory)/ledger.jsonl"
  private static let originals = "\(directory)/originals"
  /// Where a predecessor's death may leave temporary files.
  static let directories = [directory, originals]
  private static let limit = 64 * 1024 * 1024
  /// Past this many entries the ledger is folded: each path's first one and its latest ones stay.
  private static let foldAbove = 4096
  private static let keptPerPath = 16

  private let files: any NodeFiles
  package private(set) var entries: [LedgerEntry]
  /// True where the last line lacks its newline: it would swallow the next entry.
  private var isTorn: Bool

  /// Reads the ledger and changes nothing; none yet is an empty one.
  package init(files: any NodeFiles) throws(FileFailure) {
    self.files = files
    let bytes = try files.read(Self.path, limit: Self.limit) ?? []
    let decoder = JSONDecoder()
    entries = bytes.split(separator: UInt8(ascii: "\n")).compactMap { line in
      try? decoder.decode(LedgerEntry.self, from: Data(line))
    }
    isTorn = bytes.last.map { $0 != UInt8(ascii: "\n") } ?? false
  }

  /// One that nothing is known of, for whoever only looks and may not read it.
  init(unreadIn files: any NodeFiles) {
    self.files = files
    entries = []
    isTorn = false
  }

  /// The files of others that the agent has changed.
  package var overridden: Set<String> { Set(entries.filter { $0.owner == .override }.map(\.path)) }

  /// Writes down that `step` is about to replace `entry`, keeping its bytes.
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
    entries.removeAll { paths.contains($0.path) }
    try rewrite()
  }

  private func keep(_ bytes: [UInt8], digest: String) throws(FileFailure) {
    let path = "\(Self.originals)/\(digest)"
    guard try files.stamp(path) == nil else { return }
    try files.createDirectory(Self.originals)
    try files.write(FileWrite(path: path, contents: bytes, mode: FileMode(0o600), user: 0, group: 0))
  }

  private mutating func append(_ entry: LedgerEntry) throws(FileFailure) {
    try files.createDirectory(Self.directory)
    try files.append((isTorn ? [UInt8(ascii: "\n")] : []) + Self.line(entry), to: Self.path)
    isTorn = false
    entries.append(entry)
    if entries.count > Self.foldAbove { try fold() }
  }

  /// Keeps each path's first entry, which `revert` needs, and its latest ones.
  private mutating func fold() throws(FileFailure) {
    var left = Dictionary(grouping: entries, by: \.path).mapValues(\.count)
    var seen = Set<String>()
    entries = entries.filter { entry in
      let isFirst = seen.insert(entry.path).inserted
      left[entry.path, default: 1] -= 1
      return isFirst || left[entry.path, default: 0] < Self.keptPerPath
    }
    try rewrite()
    let kept = Set(entries.compactMap(\.original.sha256))
    for entry in try files.list(Self.originals)?.entries ?? [] where !kept.contains(entry.name) {
      try files.remove(entry.path)
    }
  }

  private func rewrite() throws(FileFailure) {
    try files.write(
      FileWrite(
        path: Self.path, contents: entries.flatMap(Self.line), mode: FileMode(0o600), user: 0, group: 0))
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
