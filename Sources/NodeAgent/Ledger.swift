import FoundationEssentials
import MachineIntent
package import Modprobe
package import Reconcile

/// The record of every change to a file: appended durably before the change is made, with the bytes that it replaces.
///
/// Every change of it is made under the lock of `ledger.lock`: processes that change the same node lose no entry of each
/// other, whichever of them record, forget or fold.
///
/// `ledger.jsonl` holds one `LedgerEntry` a line; `originals/` holds the replaced bytes under their SHA-256.
/// A line that the power cut short is no entry: its change was never begun. One that ends as entries do and is none is
/// damaged: it is kept, and said by `revert`.
package struct Ledger {
  package static let directory = "/var/lib/sctp-agent"
  package static let path = "\(directory)/ledger.jsonl"
  private static let originals = "\(directory)/originals"
  private static let lockPath = "\(directory)/ledger.lock"
  /// How long to wait for another process that changes the ledger; SIGTERM must not wait longer than a second.
  private static let lockTimeout = Duration.milliseconds(500)
  /// Where a predecessor's death may leave temporary files.
  static let directories = [directory, originals]
  /// Of one original.
  private static let limit = 64 * 1024 * 1024
  /// A ledger of more entries is folded, and then whenever it has doubled.
  private static let foldAbove = 1024

  private let files: any NodeFiles
  /// The files of others that the agent has changed.
  package private(set) var overridden: Set<PathKey> = []
  private var count = 0
  private var foldsAbove = foldAbove
  /// True where the last line lacks its newline: it would swallow the next entry.
  private var isTorn = false
  private var isRead = false
  /// The file as this process has last read or left it.
  private var stamp: FileStamp?
  /// nil: this process is not changing the ledger.
  private var lock: (any FileLock)?

  /// One that nothing is known of before `read`.
  package init(files: any NodeFiles) { self.files = files }

  /// Runs `body` while no other process can change the ledger, which is read again if one has. Throws `Locked` if
  /// another process keeps the lock.
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
        message: "another sctp-agent process is changing the ledger; it is tried again")
    }
    defer { lock = nil }
    try read()
    return try body(&self)
  }

  /// Reads the ledger, unless it is as this process has last seen it, and changes nothing. No ledger is an empty one.
  /// Nothing may be recorded before this has succeeded.
  package mutating func read() throws(FileFailure) {
    let current = try files.stamp(Self.path)
    guard !isRead || current != stamp else { return }
    isRead = false
    // Of a long ledger only the few lines that count are decoded: every start waits for this.
    let mark = Array(#""owner":"\#(TrackedFile.Owner.override.rawValue)""#.utf8)
    var (overridden, count) = (Set<PathKey>(), 0)
    isTorn = try forEachLine { line, _ in
      count += 1
      if line.contains(mark), let entry = Self.entry(line), entry.owner == .override {
        overridden.insert(PathKey(entry.path))
      }
    }
    self.overridden = overridden
    self.count = count
    foldsAbove = max(Self.foldAbove, 2 * count)
    stamp = current
    isRead = true
  }

  /// Every entry, in the order in which they were written.
  package func entries() throws(FileFailure) -> [LedgerEntry] {
    var entries: [LedgerEntry] = []
    _ = try forEachLine { line, _ in
      if let entry = Self.entry(line) { entries.append(entry) }
    }
    return entries
  }

  /// The numbers of the lines, from 1, that record something that cannot be read any more.
  package func damagedLines() throws(FileFailure) -> [Int] {
    var damaged: [Int] = []
    _ = try forEachLine { line, number in
      if Self.isDamaged(line) { damaged.append(number) }
    }
    return damaged
  }

  /// Writes down that `write` is about to replace `entry`, keeping its bytes.
  package mutating func record(
    _ write: FileWrite, because reason: WriteReason, owner: TrackedFile.Owner, replacing entry: FileEntry?,
    at now: Timestamp
  ) throws(FileFailure) {
    let original = LedgerEntry.Original(entry)
    let record = LedgerEntry(
      at: now, path: write.path, because: reason.description, owner: owner, original: original,
      sha256: ContentDigest.sha256(write.contents), mode: write.mode)
    try exclusively { (ledger) throws(FileFailure) in
      if let digest = original.sha256, let bytes = entry?.contents { try ledger.keep(bytes, digest: digest) }
      try ledger.append(record)
    }
  }

  /// The bytes of an original; nil: they are not kept.
  package func bytes(of original: LedgerEntry.Original) throws(FileFailure) -> [UInt8]? {
    guard let digest = original.sha256 else { return nil }
    return try files.read("\(Self.originals)/\(digest)", limit: Self.limit)
  }

  /// Forgets every entry of the paths, once they are as they were.
  package mutating func forget(_ paths: Set<PathKey>) throws(FileFailure) {
    try exclusively { (ledger) throws(FileFailure) in try ledger.removeEntries(of: paths) }
  }

  private mutating func removeEntries(of paths: Set<PathKey>) throws(FileFailure) {
    var (kept, overridden, count) = ([UInt8](), Set<PathKey>(), 0)
    _ = try forEachLine { line, _ in
      let entry = Self.entry(line)
      guard entry.map({ !paths.contains(PathKey($0.path)) }) ?? Self.isDamaged(line) else { return }
      kept += line
      kept.append(UInt8(ascii: "\n"))
      count += 1
      if let entry, entry.owner == .override { overridden.insert(PathKey(entry.path)) }
    }
    try rewrite(kept, count: count, overridden: overridden)
  }

  /// Makes a long ledger shorter, which takes a while: not between a drift and its repair.
  ///
  /// It keeps of each path what `revert` needs and the latest entries, and nothing of files whose owners took them away.
  /// The entries are safe whatever comes of it, and a ledger that cannot be made shorter is no reason to stop.
  package mutating func foldIfLong() {
    guard count > foldsAbove else { return }
    foldsAbove = 2 * count
    try? exclusively { (ledger) throws(FileFailure) in try ledger.fold() }
  }

  private mutating func fold() throws(FileFailure) {
    var fold = LedgerFold()
    var damaged: Set<Int> = []
    _ = try forEachLine { line, number in
      if let entry = Self.entry(line) {
        fold.add(entry, number: number)
      } else if Self.isDamaged(line) {
        damaged.insert(number)
      }
    }
    for path in fold.others where try files.entry(path) == nil { fold.drop(path) }
    let lines = fold.lines
    var pending = lines[...]
    var kept: [UInt8] = []
    _ = try forEachLine { line, number in
      let isPending = pending.first?.number == number
      if isPending { pending.removeFirst() }
      guard isPending || damaged.contains(number) else { return }
      kept += line
      kept.append(UInt8(ascii: "\n"))
    }
    try rewrite(kept, count: lines.count + damaged.count, overridden: fold.overridden)
    // Which original a damaged line had is not known.
    guard damaged.isEmpty else { return }
    let originals = Set(lines.compactMap(\.original))
    for name in try files.names(in: Self.originals) ?? [] where !originals.contains(name) {
      try files.remove("\(Self.originals)/\(name)")
    }
  }

  private mutating func rewrite(_ lines: [UInt8], count: Int, overridden: Set<PathKey>) throws(FileFailure) {
    try files.write(FileWrite(path: Self.path, contents: lines, mode: FileMode(0o600), account: .root))
    self.overridden = overridden
    self.count = count
    foldsAbove = max(Self.foldAbove, 2 * count)
    isTorn = false
    stamp = try? files.stamp(Self.path)
  }

  private func keep(_ bytes: [UInt8], digest: String) throws(FileFailure) {
    let path = "\(Self.originals)/\(digest)"
    guard try files.stamp(path) == nil else { return }
    let write = FileWrite(path: path, contents: bytes, mode: FileMode(0o600), account: .root)
    try Self.makingDirectories(in: files) { () throws(FileFailure) in try files.write(write) }
  }

  private mutating func append(_ entry: LedgerEntry) throws(FileFailure) {
    let line = (isTorn ? [UInt8(ascii: "\n")] : []) + Self.line(entry)
    let files = files
    try Self.makingDirectories(in: files) { () throws(FileFailure) in try files.append(line, to: Self.path) }
    isTorn = false
    stamp = try? files.stamp(Self.path)
    count += 1
    if entry.owner == .override { overridden.insert(PathKey(entry.path)) }
  }

  /// Makes the directories if one turns out to be missing, each on its own: the last of a path is for root alone.
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

  /// Gives the lines that are not empty one by one, without their newlines and with their numbers from 1, so that a long
  /// ledger takes no more memory than a short one. Returns whether the last one lacks its newline.
  private func forEachLine(_ take: (ArraySlice<UInt8>, _ number: Int) -> Void) throws(FileFailure) -> Bool {
    var begun: [UInt8] = []
    var number = 0
    _ = try files.readPieces(of: Self.path) { piece in
      begun += piece
      var start = begun.startIndex
      while let end = begun[start...].firstIndex(of: UInt8(ascii: "\n")) {
        number += 1
        if end > start { take(begun[start..<end], number) }
        start = end + 1
      }
      begun.removeFirst(start)
    }
    if !begun.isEmpty { take(begun[...], number + 1) }
    return !begun.isEmpty
  }

  /// nil: no whole entry.
  private static func entry(_ line: ArraySlice<UInt8>) -> LedgerEntry? {
    try? JSONDecoder().decode(LedgerEntry.self, from: Data(line))
  }

  private static func isDamaged(_ line: ArraySlice<UInt8>) -> Bool {
    line.last == UInt8(ascii: "}") && entry(line) == nil
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
        user: entry.account.user, group: entry.account.group, label: entry.label)
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
