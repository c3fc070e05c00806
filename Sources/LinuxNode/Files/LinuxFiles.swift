import CLinux
import Glibc
import Linux
import MachineIntent
package import NodeAgent
package import Reconcile
import Synchronization

/// How often a listing asks whether to go on: asking costs as much as looking at an entry.
private struct Pace {
  /// The entries and the bytes between two questions.
  private static let (entries, bytes) = (64, 256 * 1024)

  private var isOver = false
  private var left = 0

  /// Counts one more entry. Returns false for good once `goesOn` has returned false.
  mutating func goesOn(_ goesOn: () -> Bool) -> Bool {
    if left <= 0, !isOver {
      isOver = !goesOn()
      left = Self.entries
    }
    left -= 1
    return !isOver
  }

  /// Counts what was read of an entry.
  mutating func hasRead(_ count: Int) { left -= count * Self.entries / Self.bytes }
}

/// The contents that all looks at the same files share.
private final class SharedContents: Sendable {
  let contents = Mutex(ContentsCache())
}

/// The files below a root directory of this host.
package final class LinuxFiles: NodeFiles {
  /// The largest file that an entry holds; a larger one is a `TooLarge` failure of its entry.
  static let entryLimit = MemoryBudget.intents
  private static let pieceSize = 16 * 1024
  /// With O_NONBLOCK, the open does not wait for a writer if a FIFO has replaced the file.
  static let readFlags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC
  private static let tooManyEntries =
    "it has more than \(MemoryBudget.entries) such files, or too many names; move files that are not used away"

  let root: NodeRoot
  let calls: any FileSystemCalls
  private let cache: SharedContents

  package init(root: String, calls: any FileSystemCalls = LinuxCalls()) {
    self.root = NodeRoot(path: root, calls: calls)
    self.calls = calls
    cache = SharedContents()
  }

  private init(forOneLookAt files: LinuxFiles) {
    root = files.root.forOneLook()
    calls = files.calls
    cache = files.cache
  }

  package func forOneLook() -> LinuxFiles { LinuxFiles(forOneLookAt: self) }

  package func read(_ path: String, limit: Int) throws(FileFailure) -> [UInt8]? {
    try attempt(.read, path) { () throws(Errno) in
      guard let place = try root.find(path.utf8, followLast: true), let status = place.status else { return nil }
      if status.isDirectory { throw Errno(EISDIR) }
      guard status.isRegular else { throw Errno(ENXIO) }
      return try contents(of: place.name.bytes, in: place.directory.descriptor, status: status, limit: limit) {
        (key) in
        cache.contents.withLock { $0.single(key) }
      } keep: {
        (key, contents) in
        cache.contents.withLock { $0.keepSingle(key, contents) }
      }
    }
  }

  package func entry(_ path: String) throws(FileFailure) -> FileEntry? {
    try attempt(.read, path) { () throws(Errno) -> FileEntry? in
      guard let place = try root.find(path.utf8, followLast: false), let status = place.status else { return nil }
      if status.isRegular { return try regularEntry(path, place.name, in: place.directory.descriptor) }
      return try entry(
        path: path, rawPath: Array(path.utf8), name: place.name.bytes, in: place.directory.descriptor, status: status
      ) {
        (key) in
        cache.contents.withLock { $0.single(key) }
      } keep: {
        (key, contents) in
        cache.contents.withLock { $0.keepSingle(key, contents) }
      }
    }
  }

  /// Returns the entry of a file that was regular a moment ago, with its label and attributes; nil if it is gone. All of
  /// it is read from one open file.
  private func regularEntry(
    _ path: String, _ name: PathComponent, in directory: Int32
  ) throws(Errno) -> FileEntry? {
    guard let file = try opened(name.bytes, in: directory, Self.readFlags) else { return nil }
    let status = try file.status()
    guard status.isRegular else { throw Errno(ENXIO) }
    let label = try label(of: file.descriptor).map { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    let attributes = try attributes(of: file.descriptor)
    var (bytes, failure) = ([UInt8]?.none, FileFailure?.none)
    do throws(Errno) {
      bytes = cache.contents.withLock { $0.single(ContentsCache.Key(status)) }
      if bytes == nil {
        bytes = try contents(of: file, status, limit: Self.entryLimit) { (key, contents) in
          cache.contents.withLock { $0.keepSingle(key, contents) }
        }
      }
    } catch {
      failure = FileFailure(.read, path, error)
    }
    return FileEntry(
      path: path, kind: .regular, mode: status.mode, account: Account(user: status.st_uid, group: status.st_gid),
      linkCount: Int(status.st_nlink), contents: bytes, failure: failure, label: label, attributes: attributes)
  }

  package func list(
    _ directory: String, _ scope: ListingScope, while goesOn: () -> Bool
  ) throws(FileFailure) -> DirectoryListing? {
    try attempt(.list, directory) { () throws(Errno) in
      let known = cache.contents.withLock { $0.take(directory) }
      guard let place = try root.find(directory.utf8, followLast: true), let status = place.status else { return nil }
      guard status.isDirectory else { throw Errno(ENOTDIR) }
      let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
      guard let open = try opened(place.name.bytes, in: place.directory.descriptor, flags),
        let names = try Syscall.ifThere({ () throws(Errno) in try EntryNames(of: open.descriptor, calls: calls) })
      else { return nil }
      let prefix = directory.hasSuffix("/") ? directory : directory + "/"
      var current = ContentsCache.Generation(minimumCapacity: known.count)
      var entries: [FileEntry] = []
      var (bytes, wanted) = (scope.bytes, 0)
      var pace = Pace()
      try names.forEachSorted { (name) throws(Errno) in
        guard pace.goesOn(goesOn), scope.isWanted(String(cString: name)) else { return }
        wanted += 1
        guard wanted <= MemoryBudget.entries else { return }
        var status = stat()
        let isThere = try Syscall.ifThere { () throws(Errno) in
          try Syscall.check { calls.fstatat(open.descriptor, name, &status) }
        }
        guard isThere != nil else { return }
        let path = prefix + PathComponent.text(name)
        let found = try entry(
          path: path, rawPath: Array(prefix.utf8) + PathComponent(name).raw, name: name, in: open.descriptor,
          status: status, limit: min(scope.fileLimit, bytes)
        ) {
          (key) in
          guard let contents = known[key] else { return nil }
          current[key] = contents
          return contents
        } keep: {
          (key, contents) in
          current[key] = contents
        }
        if let found {
          bytes -= found.contents?.count ?? 0
          pace.hasRead(found.contents?.count ?? 0)
          entries.append(found)
        }
      }
      cache.contents.withLock { $0.keep(directory, current) }
      let isCut = names.isCut || wanted > MemoryBudget.entries
      var isPrivate = !status.isSearchable
      if !isPrivate, place.isSymlink { isPrivate = try !isReachable(directory) }
      return DirectoryListing(
        path: directory, isSymlink: place.isSymlink, entries: entries, isPrivate: isPrivate,
        cut: isCut ? FileFailure(refused: .list, directory, reason: .tooLarge, Self.tooManyEntries) : nil)
    }
  }

  package func names(in directory: String) throws(FileFailure) -> [String]? {
    try attempt(.list, directory) { () throws(Errno) in
      guard let place = try root.find(directory.utf8, followLast: true), let status = place.status else { return nil }
      guard status.isDirectory else { throw Errno(ENOTDIR) }
      let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
      guard let open = try opened(place.name.bytes, in: place.directory.descriptor, flags),
        let found = try Syscall.ifThere({ () throws(Errno) in try EntryNames(of: open.descriptor, calls: calls) })
      else { return nil }
      var names: [String] = []
      found.forEachSorted { names.append(PathComponent.text($0)) }
      return names
    }
  }

  package func readPieces(of path: String, _ take: ([UInt8]) -> Void) throws(FileFailure) -> Bool {
    try attempt(.read, path) { () throws(Errno) in
      guard let place = try root.find(path.utf8, followLast: true), let status = place.status else { return false }
      if status.isDirectory { throw Errno(EISDIR) }
      guard status.isRegular else { throw Errno(ENXIO) }
      guard let file = try opened(place.name.bytes, in: place.directory.descriptor, Self.readFlags) else {
        return false
      }
      guard try file.status().isRegular else { throw Errno(ENXIO) }
      while true {
        let piece = try Syscall.bytes(upTo: Self.pieceSize) { calls.read(file.descriptor, $0) }
        if piece.isEmpty { return true }
        take(piece)
      }
    }
  }

  package func stamp(_ path: String) throws(FileFailure) -> FileStamp? {
    try attempt(.read, path) { () throws(Errno) -> FileStamp? in
      guard let place = try root.find(path.utf8, followLast: true), let status = place.status else { return nil }
      return FileStamp(status)
    }
  }

  package func stamps(of names: [String], in directory: String) throws(FileFailure) -> [FileStamp?] {
    // The directory is opened once for all of them. A link is followed as `stamp` does it.
    guard case .open(let open)? = try? root.parent(directory.utf8) else {
      return try names.map { (name) throws(FileFailure) in try stamp("\(directory)/\(name)") }
    }
    return try names.map { (name) throws(FileFailure) in
      let path = "\(directory)/\(name)"
      let status = try attempt(.read, path) { () throws(Errno) in
        try root.status(of: PathComponent(name.utf8), in: open.descriptor)
      }
      guard let status else { return nil }
      return status.isSymlink ? try stamp(path) : FileStamp(status)
    }
  }

  /// Returns nil if it has disappeared meanwhile.
  ///
  /// - Parameter rawPath: the path with the name's own bytes, which need not be UTF-8.
  func entry(
    path: String, rawPath: @autoclosure () -> [UInt8], name: UnsafePointer<CChar>, in directory: Int32, status: stat,
    limit: Int = LinuxFiles.entryLimit, known: (ContentsCache.Key) -> [UInt8]?,
    keep: (ContentsCache.Key, [UInt8]) -> Void
  ) throws(Errno) -> FileEntry? {
    var bytes: [UInt8]?
    var failure: FileFailure?
    var isPrivate = false
    let kind: FileEntry.Kind
    switch status.format {
    case S_IFDIR: kind = .directory
    case S_IFIFO: kind = .fifo
    case S_IFSOCK: kind = .socket
    case S_IFREG:
      kind = .regular
      do throws(Errno) {
        bytes = try contents(
          of: name, in: directory, status: status, limit: limit, known: known, keep: keep)
        if bytes == nil { return nil }
      } catch {
        failure = FileFailure(.read, path, error)
      }
    case S_IFLNK:
      let found = try Syscall.ifThere { () throws(Errno) in
        try root.linkTarget(of: PathComponent(name), in: directory)
      }
      guard let target = found.flatMap(\.self) else { return nil }
      kind = .symlink(to: String(decoding: target, as: UTF8.self))
      do throws(Errno) {
        (bytes, isPrivate) = try linkedContents(rawPath(), limit: limit, known: known, keep: keep)
      } catch {
        failure = FileFailure(.read, path, error)
      }
    default: kind = .device
    }
    return FileEntry(
      path: path, kind: kind, mode: status.mode, account: Account(user: status.st_uid, group: status.st_gid),
      linkCount: Int(status.st_nlink), contents: bytes, failure: failure, isPrivate: isPrivate)
  }

  /// Returns no bytes if the link leads nowhere, or to something that is not a file.
  private func linkedContents(
    _ path: [UInt8], limit: Int, known: (ContentsCache.Key) -> [UInt8]?, keep: (ContentsCache.Key, [UInt8]) -> Void
  ) throws(Errno) -> (bytes: [UInt8]?, isPrivate: Bool) {
    guard let place = try root.walk(path, followLast: true), let status = place.status else { return (nil, false) }
    if status.isNullDevice { return ([], false) }
    guard status.isRegular else { return (nil, false) }
    let isReachable = try place.isReachable()
    let bytes = try contents(
      of: place.nameOrDot.bytes, in: place.directory, status: status, limit: limit, known: known, keep: keep)
    return (bytes, status.mode.rawValue & 0o004 == 0 || !isReachable)
  }

  /// Whether everybody may reach what the path leads to.
  private func isReachable(_ path: String) throws(Errno) -> Bool {
    guard let place = try root.walk(path.utf8, followLast: true) else { return false }
    return try place.isReachable()
  }

  /// Opens an entry that was just listed. Returns nil if it is gone.
  func opened(_ name: UnsafePointer<CChar>, in directory: Int32, _ flags: Int32) throws(Errno) -> OpenFile? {
    try Syscall.ifThere { () throws(Errno) in try OpenFile(calls, in: directory, name, flags) }
  }

  /// Returns the bytes of a file that was regular when `status` was read, or nil if it is gone.
  private func contents(
    of name: UnsafePointer<CChar>, in directory: Int32, status: stat, limit: Int,
    known: (ContentsCache.Key) -> [UInt8]?, keep: (ContentsCache.Key, [UInt8]) -> Void
  ) throws(Errno) -> [UInt8]? {
    if let contents = known(ContentsCache.Key(status)) {
      guard contents.count <= limit else { throw Errno(EFBIG) }
      return contents
    }
    guard status.st_size <= limit else { throw Errno(EFBIG) }
    guard let file = try opened(name, in: directory, Self.readFlags) else { return nil }
    let current = try file.status()
    guard current.isRegular else { throw Errno(ENXIO) }
    return try contents(of: file, current, limit: limit, keep: keep)
  }

  /// Returns the bytes of an open file.
  ///
  /// Only a file that is as long as its status says is cached, because the files of procfs and sysfs change without new
  /// times.
  private func contents(
    of file: borrowing OpenFile, _ current: stat, limit: Int, keep: (ContentsCache.Key, [UInt8]) -> Void
  ) throws(Errno) -> [UInt8] {
    guard current.st_size <= limit else { throw Errno(EFBIG) }
    // Inodes get the time of this clock. On a busy hypervisor, the precise clock may be far ahead of it.
    var now = timespec()
    clock_gettime(CLOCK_REALTIME_COARSE, &now)
    let contents = try file.readToEnd(expecting: Int(current.st_size), limit: limit)
    let key = ContentsCache.Key(current)
    if !contents.isEmpty, contents.count == Int(current.st_size), contents.count <= ContentsCache.fileLimit,
      key.isSettled(at: now)
    {
      keep(key, contents)
    }
    return contents
  }
}

extension FileStamp {
  init(_ status: stat) {
    let key = ContentsCache.Key(status)
    self.init(
      device: key.device, inode: key.inode, isDirectory: status.isDirectory, size: Int(status.st_size),
      modified: Timestamp(milliseconds: key.modified / 1_000_000), changed: key.changed)
  }
}
