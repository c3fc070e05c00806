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

/// Remembers whether openat2(2) works here.
final class OpenInRoot: Sendable {
  private let refused = Atomic(false)

  var isRefused: Bool { refused.load(ordering: .relaxed) }

  func refuse() { refused.store(true, ordering: .relaxed) }
}

extension NodeRoot {
  /// The result of opening a directory with one call.
  enum Opening {
    case open(OpenDirectory)
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

  /// Opens a directory as `O_PATH`, unless this look has done so before. Throws if the root cannot be opened.
  func parent(_ path: some Collection<UInt8>) throws(Errno) -> Opening {
    if let known = lookedUp?[path] { return known }
    let opening = try open(path, CLinux_O_PATH | O_DIRECTORY | O_CLOEXEC)
    lookedUp?.add(opening, at: path)
    return opening
  }

  /// Opens a directory with openat2(2); with O_NOFOLLOW, not if its own name is a symlink. Throws if the root cannot be
  /// opened.
  func open(_ directory: some Collection<UInt8>, _ flags: Int32) throws(Errno) -> Opening {
    guard !openInRoot.isRefused, !directory.contains(0) else { return .unclear }
    let root = try rootDirectory.descriptor { () throws(Errno) in OpenFile(calls, adopting: try openRoot()) }
    let path = directory.isEmpty ? .current : PathComponent(directory)
    do throws(Errno) {
      let opened = try Syscall.check { calls.openInRoot(root, path.bytes, flags) }
      return .open(OpenDirectory(OpenFile(calls, adopting: Int32(opened))))
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
