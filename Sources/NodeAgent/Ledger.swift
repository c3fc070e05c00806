import FoundationEssentials
import MachineIntent
package import Modprobe
package import Reconcile

/// The record of every change to a file. An entry is written durably before the change is made, with the bytes that it
/// replaces.
///
/// Every change is made under the lock of `ledger.lock`, so processes that change the same node lose no entries of each
/// other.
///
/// `ledger.jsonl` holds one `LedgerEntry` a line; `originals/` holds the replaced bytes under their SHA-256. A last
/// line without its newline is not an entry: the power was cut while it was written, and its change was never begun.
/// Any other line that is not an entry is damaged. It is kept, and `revert` reports it.
package struct Ledger {
  package static let directory = "/var/lib/sctp-agent"
  package static let path = "\(directory)/ledger.jsonl"
  static let originals = "\(directory)/originals"
  /// The directory for leftovers whose bytes the ledger does not have.
  static let displaced = "\(directory)/displaced"
  static let lockPath = "\(directory)/ledger.lock"
  /// How long to wait for another process that changes the ledger. SIGTERM must not have to wait longer than a second.
  private static let lockTimeout = Duration.milliseconds(500)
  /// The directories in which a killed agent can leave temporary files.
  static let directories = [directory, originals]
  /// The longest original, in bytes.
  private static let originalLimit = 64 * 1024 * 1024
  /// A ledger of more entries is folded, and then whenever it has doubled.
  private static let foldAbove = 1024

  private let files: any NodeFiles
  private let lines: LedgerLines
  /// The unmanaged files that the agent has changed.
  package private(set) var overridden: Set<PathKey> = []
  private var count = 0
  private var foldsAbove = foldAbove
  /// Whether the last line lacks its newline, so that the next entry would become part of it.
  private var isTorn = false
  private var isRead = false
  /// The stamp of the file when this process last read or wrote it.
  private var stamp: FileStamp?
  /// The lock on the ledger; nil while this process does not change it.
  private var lock: (any FileLock)?

  /// The ledger is unknown before `read`.
  package init(files: any NodeFiles) {
    self.files = files
    lines = LedgerLines(files: files, path: Self.path)
  }

  /// Runs `body` while no other process can change the ledger. Reads the ledger again first if another process has
  /// changed it. Throws `Locked` if another process keeps the lock.
  package mutating func exclusively<Value>(
    _ body: (inout Ledger) throws(FileFailure) -> Value
  ) throws(FileFailure) -> Value {
    guard lock == nil else { return try body(&self) }
    let files = files
    lock = try Self.makingDirectories(in: files) { () throws(FileFailure) in
      try files.lock(Self.lockPath, timeout: Self.lockTimeout)
    }
    guard lock != nil else {
      throw FileFailure(
        .lock, Self.lockPath, errno: 11, reason: .locked,
        message: "another sctp-agent process is changing the ledger; if it does not end, stop it")
    }
    defer { lock = nil }
    try read()
    return try body(&self)
  }

  /// Reads the ledger, unless it has not changed since this process last read it. Changes nothing. A missing ledger
  /// counts as empty. Nothing may be recorded before this has succeeded.
  package mutating func read() throws(FileFailure) {
    let current = try files.stamp(Self.path)
    guard !isRead || current != stamp else { return }
    isRead = false
    // Only the few lines that count are decoded, because every start waits for this.
    let mark = Array(#""owner":"\#(TrackedFile.Owner.override.rawValue)""#.utf8)
    var (overridden, count) = (Set<PathKey>(), 0)
    isTorn = try lines.forEach { line in
      count += 1
      if line.bytes.contains(mark), let entry = line.entry, entry.owner == .override {
        overridden.insert(PathKey(entry.path))
      }
    }
    self.overridden = overridden
    self.count = count
    foldsAbove = max(Self.foldAbove, 2 * count)
    stamp = current
    isRead = true
  }

  /// Returns every entry, in the order in which they were written.
  package func entries() throws(FileFailure) -> [LedgerEntry] {
    var entries: [LedgerEntry] = []
    _ = try lines.forEach { line in if let entry = line.entry { entries.append(entry) } }
    return entries
  }

  /// Returns the numbers of the damaged lines, from 1: those that can no longer be read or trusted.
  package func damagedLines() throws(FileFailure) -> [Int] {
    var damaged: [Int] = []
    _ = try lines.forEach { line in if line.isDamaged { damaged.append(line.number) } }
    return damaged
  }

  /// Records that `write` is about to replace `entry`, and keeps the bytes of `entry`.
  package mutating func record(
    _ write: FileWrite, because reason: WriteReason, replacing entry: FileEntry?, at now: Timestamp
  ) throws(FileFailure) {
    // Without its bytes, it could not be restored.
    if let failure = entry?.failure, entry?.kind == .regular { throw failure }
    let original = LedgerEntry.Original(entry)
    let record = LedgerEntry(
      at: now, path: write.path, because: reason.description, owner: reason.owner, original: original,
      sha256: ContentDigest.sha256(write.contents), mode: write.mode)
    try exclusively { (ledger) throws(FileFailure) in
      if let digest = original.sha256, let bytes = entry?.contents { try ledger.keep(bytes, digest: digest) }
      try ledger.append(record)
    }
  }

  /// Removes the entry that was recorded last: its change was not made. Its original stays kept.
  package mutating func withdrawLast() throws(FileFailure) {
    try exclusively { (ledger) throws(FileFailure) in
      var last = 0
      _ = try ledger.lines.forEach { last = $0.number }
      try ledger.rewrite { line, _ in line.number != last }
    }
  }

  /// Returns the bytes of an original, or nil if they are not kept. Throws if what is kept is something else.
  package func bytes(of original: LedgerEntry.Original) throws(FileFailure) -> [UInt8]? {
    guard let digest = original.sha256 else { return nil }
    let path = "\(Self.originals)/\(digest)"
    guard let bytes = try files.read(path, limit: Self.originalLimit) else { return nil }
    guard ContentDigest.sha256(bytes) == digest else {
      throw FileFailure(
        .read, path, errno: 0, reason: .fileFailure,
        message: "its bytes are damaged: their SHA-256 is not its name; restore the file from a backup")
    }
    return bytes
  }

  /// Removes every entry of the paths, once they are as they were.
  package mutating func forget(_ paths: Set<PathKey>) throws(FileFailure) {
    _ = try exclusively { (ledger) throws(FileFailure) in
      try ledger.rewrite { line, entry in entry.map { !paths.contains(PathKey($0.path)) } ?? true }
    }
  }

  /// Keeps a file that a killed agent moved away and did not put back. Returns its new path, or nil if the ledger has
  /// its bytes already, or records that the agent wrote them.
  package mutating func keepLeftover(_ file: FileEntry) throws(FileFailure) -> String? {
    if let failure = file.failure { throw failure }
    guard let bytes = file.contents else { return nil }
    let digest = ContentDigest.sha256(bytes)
    return try exclusively { (ledger) throws(FileFailure) in
      var isKnown = false
      _ = try ledger.lines.forEach { line in
        guard !isKnown, let entry = line.entry else { return }
        isKnown = entry.sha256 == digest || entry.original.sha256 == digest
      }
      if isKnown { return nil }
      let path = "\(Self.displaced)/\(digest)"
      try ledger.files.createDirectory(Self.displaced)
      try ledger.files.write(FileWrite(path: path, contents: bytes, mode: FileMode(0o600), account: .root))
      return path
    }
  }

  /// Shortens a long ledger. That takes a while, so do not call it between a drift and its repair.
  ///
  /// It keeps what `revert` needs of each path and the latest entries, and drops files that their owners removed. A
  /// failure is ignored: the entries are safe, and the ledger is only longer than necessary.
  package mutating func foldIfLong() {
    guard count > foldsAbove else { return }
    foldsAbove = 2 * count
    try? exclusively { (ledger) throws(FileFailure) in try ledger.fold() }
  }

  private mutating func fold() throws(FileFailure) {
    var fold = LedgerFold()
    var isDamaged = false
    var last = 0
    _ = try lines.forEach { line in
      last = line.number
      if let entry = line.entry { fold.add(entry, number: line.number) } else { isDamaged = true }
    }
    for path in fold.unmanaged where try files.entry(path) == nil { fold.drop(path) }
    let kept = Set(fold.lines.map(\.number))
    let originals = try rewrite { line, entry in entry == nil || line.number > last || kept.contains(line.number) }
    // It is not known which original belongs to a damaged line.
    guard !isDamaged else { return }
    for name in try files.names(in: Self.originals) ?? [] where !originals.contains(name) {
      try files.remove("\(Self.originals)/\(name)")
    }
  }

  /// Replaces the ledger by the lines for which `keeps` is true. Lines that another process appends meanwhile are kept,
  /// because agents of earlier versions ignore the lock. Returns the names of the originals that the entries need.
  @discardableResult
  private mutating func rewrite(
    _ keeps: (LedgerLine, LedgerEntry?) -> Bool
  ) throws(FileFailure) -> Set<String> {
    var (kept, overridden, count, last) = ([UInt8](), Set<PathKey>(), 0, 0)
    var originals: Set<String> = []
    func keep(_ line: LedgerLine, _ entry: LedgerEntry?) {
      kept += line.bytes
      kept.append(UInt8(ascii: "\n"))
      count += 1
      if let digest = entry?.original.sha256 { originals.insert(digest) }
      if let entry, entry.owner == .override { overridden.insert(PathKey(entry.path)) }
    }
    var isTooLong = false
    _ = try lines.forEach { line in
      last = line.number
      isTooLong = isTooLong || line.isTooLong
      let entry = line.entry
      if keeps(line, entry) { keep(line, entry) }
    }
    guard !isTooLong else {
      throw FileFailure(
        .write, Self.path, errno: 0, reason: .tooLarge,
        message: "a line is longer than \(LedgerLines.lengthLimit) bytes, so the agent did not write it; remove it")
    }
    _ = try lines.forEach { line in if line.number > last { keep(line, line.entry) } }
    try files.write(FileWrite(path: Self.path, contents: kept, mode: FileMode(0o600), account: .root))
    self.overridden = overridden
    self.count = count
    foldsAbove = max(Self.foldAbove, 2 * count)
    isTorn = false
    stamp = try? files.stamp(Self.path)
    return originals
  }

  /// Keeps an original. If it is kept already, its bytes are compared first.
  private func keep(_ bytes: [UInt8], digest: String) throws(FileFailure) {
    let path = "\(Self.originals)/\(digest)"
    if let kept = try? files.read(path, limit: Self.originalLimit), kept == bytes { return }
    let write = FileWrite(path: path, contents: bytes, mode: FileMode(0o600), account: .root)
    try Self.makingDirectories(in: files) { () throws(FileFailure) in try files.write(write) }
  }

  private mutating func append(_ entry: LedgerEntry) throws(FileFailure) {
    // With a newline, half a line would count as a damaged line.
    if isTorn { try rewrite { _, _ in true } }
    let files = files
    let line = Self.line(entry)
    stamp = try Self.makingDirectories(in: files) { () throws(FileFailure) in try files.append(line, to: Self.path) }
    count += 1
    if entry.owner == .override { overridden.insert(PathKey(entry.path)) }
  }

  /// Creates the missing directories one by one, because the last of a path is for root only.
  static func makingDirectories<Value>(
    in files: any NodeFiles, for change: () throws(FileFailure) -> Value
  ) throws(FileFailure) -> Value {
    do {
      return try change()
    } catch  where error.reason == .notFound {
      for directory in directories { try files.createDirectory(directory) }
      return try change()
    }
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
        user: entry.account.user, group: entry.account.group, label: entry.label,
        attributes: entry.attributes)
    case .symlink(let target):
      self.init(
        kind: .symlink, user: entry.account.user, group: entry.account.group, label: entry.label, target: target)
    case .directory, .fifo, .socket, .device:
      self.init(
        kind: .other, mode: entry.mode.description, user: entry.account.user, group: entry.account.group,
        label: entry.label)
    }
  }
}
