import CLinux
import Glibc
import Synchronization

/// Where a path leads: a name in an open directory.
struct FoundEntry: ~Copyable {
  let directory: OpenFile
  /// `.` where the path ends at the directory itself.
  let name: PathComponent
  /// nil: only the last component is missing.
  let status: stat?
  /// True where the last component of the path as asked is a symlink.
  let isSymlink: Bool
}

/// Whether openat2(2) is worth another call.
final class OpenInRoot: Sendable {
  private let refused = Atomic(false)

  var isRefused: Bool { refused.load(ordering: .relaxed) }

  func refuse() { refused.store(true, ordering: .relaxed) }
}

extension NodeRoot {
  /// What became of going to a directory in one call.
  enum Opening: ~Copyable {
    case open(OpenFile)
    case notThere
    /// It is for the walk to tell what is there.
    case unclear
  }

  /// What `walk` finds, but the kernel goes the way to the directory in one call where it can. nil: a directory on the way
  /// is not there.
  func find(_ path: some BidirectionalCollection<UInt8>, followLast: Bool) throws(Errno) -> FoundEntry? {
    if let slash = path.lastIndex(of: UInt8(ascii: "/")) {
      let last = path[path.index(after: slash)...]
      let name = PathComponent(last)
      switch try name.isFileName && !last.contains(0)
        ? open(path[..<slash], CLinux_O_PATH | O_DIRECTORY | O_CLOEXEC) : .unclear
      {
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
    let directory = place.takeDirectory()
    return FoundEntry(directory: directory, name: place.nameOrDot, status: place.status, isSymlink: place.isSymlink)
  }

  /// Opens a directory by openat2(2); with O_NOFOLLOW, none whose own name is a symlink. Throws where the root cannot be
  /// opened.
  func open(_ directory: some Collection<UInt8>, _ flags: Int32) throws(Errno) -> Opening {
    guard !openInRoot.isRefused, !directory.contains(0) else { return .unclear }
    let root = OpenFile(calls, adopting: try openRoot())
    let path = directory.isEmpty ? .current : PathComponent(directory)
    do throws(Errno) {
      let opened = try Syscall.check { calls.openInRoot(root.descriptor, path.bytes, flags) }
      return .open(OpenFile(calls, adopting: Int32(opened)))
    } catch {
      switch error.rawValue {
      case ENOENT: return .notThere
      // Not in this kernel (before 5.6), or a filter that does not know it.
      case ENOSYS, EPERM: openInRoot.refuse()
      default: break
      }
      return .unclear
    }
  }
}
