import CLinux
import Glibc
import Linux
import Synchronization

/// The place that a path leads to: a name in an open directory.
struct FoundEntry {
  let directory: OpenDirectory
  /// `.` if the path ends at the directory itself.
  let name: PathComponent
  /// The status of the last component; nil if only that one is missing.
  let status: stat?
  /// Whether the last component of the given path is a symlink.
  let isSymlink: Bool
}

/// The root, opened at its first use and kept open, as chroot(2) keeps it.
final class RootDirectory: Sendable {
  private let kept = Mutex<OpenFile?>(nil)

  /// Returns the descriptor, which stays open as long as this object exists. Throws the error of open(2), and then
  /// opens the root at the next call.
  func descriptor(_ open: () throws(Errno) -> OpenFile) throws(Errno) -> Int32 {
    try kept.withLock { (kept) throws(Errno) in
      if let descriptor = kept?.descriptor { return descriptor }
      let opened = try open()
      let descriptor = opened.descriptor
      kept = consume opened
      return descriptor
    }
  }
}

/// A directory that stays open as long as somebody refers to it.
final class OpenDirectory: Sendable {
  private let file: OpenFile

  var descriptor: Int32 { file.descriptor }

  init(_ file: consuming OpenFile) { self.file = file }
}

/// The directories that one look at the node has opened, and those that it did not find, so that it resolves each path
/// only once.
final class LookedUpDirectories: Sendable {
  /// How many of each kind are remembered. Each one that is there takes a descriptor.
  private static let (openLimit, missingLimit) = (6, 32)

  private struct Known {
    let path: [UInt8]
    /// Nil if the directory does not exist.
    let directory: OpenDirectory?
  }

  private let known = Mutex<(open: [Known], missing: [Known])>((open: [], missing: []))

  /// Returns what an earlier call remembered for the path: `.some(nil)` for a directory that does not exist, nil if there
  /// was no such call, or if too many followed it.
  func recall(_ path: some Collection<UInt8>) -> OpenDirectory?? {
    known.withLock { known in
      (known.open.last { $0.path.elementsEqual(path) } ?? known.missing.last { $0.path.elementsEqual(path) })
        .map(\.directory)
    }
  }

  /// Remembers a directory; nil for one that does not exist.
  func remember(_ directory: OpenDirectory?, at path: some Collection<UInt8>) {
    let new = Known(path: Array(path), directory: directory)
    known.withLock { known in
      if directory == nil {
        if known.missing.count == Self.missingLimit { known.missing.removeFirst() }
        known.missing.append(new)
      } else {
        if known.open.count == Self.openLimit { known.open.removeFirst() }
        known.open.append(new)
      }
    }
  }
}

/// Remembers whether openat2(2) works here.
final class OpenInRoot: Sendable {
  private let refused = Atomic(false)

  var isRefused: Bool { refused.load(ordering: .relaxed) }

  func refuse() { refused.store(true, ordering: .relaxed) }
}

extension NodeRoot {
  /// The result of opening a directory with one call.
  enum Opening: ~Copyable {
    case open(OpenFile)
    case notThere
    /// A name of which only `walk` can find out what it leads to.
    case unclear
  }

  /// Returns what `walk` finds, with one call to the kernel where that is possible. Returns nil if a directory on the
  /// way does not exist.
  func find(_ path: some BidirectionalCollection<UInt8>, followLast: Bool) throws(Errno) -> FoundEntry? {
    if let slash = path.lastIndex(of: UInt8(ascii: "/")) {
      let last = path[path.index(after: slash)...]
      let name = PathComponent(last)
      switch try name.isFileName && !last.contains(0) ? parent(path[..<slash]) : .unclear {
      case .open(let directory):
        let status = try status(of: name, in: directory.descriptor)
        let isSymlink = status?.isSymlink ?? false
        if !(isSymlink && followLast) {
          return FoundEntry(directory: directory, name: name, status: status, isSymlink: isSymlink)
        }
      case .notThere: return nil
      case .unclear: break
      }
    }
    guard var place = try walk(path, followLast: followLast) else { return nil }
    let directory = OpenDirectory(place.takeDirectory())
    return FoundEntry(directory: directory, name: place.nameOrDot, status: place.status, isSymlink: place.isSymlink)
  }

  /// The result of looking for a directory with one call.
  enum Parent {
    case open(OpenDirectory)
    case notThere
    case unclear
  }

  /// Looks for a directory, unless this look has done so before. Throws if the root cannot be opened.
  func parent(_ path: some Collection<UInt8>) throws(Errno) -> Parent {
    if let known = lookedUp?.recall(path) { return known.map { .open($0) } ?? .notThere }
    switch try open(path, CLinux_O_PATH | O_DIRECTORY | O_CLOEXEC) {
    case .open(let file):
      let directory = OpenDirectory(file)
      lookedUp?.remember(directory, at: path)
      return .open(directory)
    case .notThere:
      lookedUp?.remember(nil, at: path)
      return .notThere
    case .unclear: return .unclear
    }
  }

  /// Opens a directory with openat2(2); with O_NOFOLLOW, not if its own name is a symlink. Throws if the root cannot be
  /// opened.
  func open(_ directory: some Collection<UInt8>, _ flags: Int32) throws(Errno) -> Opening {
    guard !openInRoot.isRefused, !directory.contains(0) else { return .unclear }
    let root = try rootDirectory.descriptor { () throws(Errno) in OpenFile(calls, adopting: try openRoot()) }
    let path = directory.isEmpty ? .current : PathComponent(directory)
    do throws(Errno) {
      let opened = try Syscall.check { calls.openInRoot(root, path.bytes, flags) }
      return .open(OpenFile(calls, adopting: Int32(opened)))
    } catch {
      switch error.rawValue {
      case ENOENT: return .notThere
      // The kernel is older than 5.6, or a filter does not know the call.
      case ENOSYS, EPERM: openInRoot.refuse()
      default: break
      }
      return .unclear
    }
  }
}
