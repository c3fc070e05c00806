import CLinux
import Glibc
import Reconcile

/// The directories to watch so that nothing about some paths goes unnoticed: every directory on the way to each, links
/// resolved, and the way of each link that stands in a watched directory.
struct WatchPlan: Equatable {
  /// What counts in one directory.
  struct Interest: Equatable {
    /// The entries that lead to a watched path, or would if they were there.
    var names: Set<PathComponent> = []
    /// True of a directory that is watched itself: every entry counts, with its contents.
    var everything = false
    /// True of the directory of a watched file: the contents of `names` count.
    var contents = false
    /// The entries that were symlinks, of a directory whose every entry counts.
    var links: Set<PathComponent> = []

    mutating func formUnion(_ other: Interest) {
      names.formUnion(other.names)
      everything = everything || other.everything
      contents = contents || other.contents
      links.formUnion(other.links)
    }

    var mask: UInt32 {
      var mask = IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF
      if everything || contents { mask |= IN_MODIFY | IN_CLOSE_WRITE | IN_ATTRIB }
      return UInt32(mask) | UInt32(IN_ONLYDIR) | UInt32(IN_DONT_FOLLOW) | UInt32(IN_EXCL_UNLINK)
    }
  }

  /// The ways of so many links of one directory are watched; the targets of more change unnoticed until the resync.
  static let linkLimit = 256

  /// By path on this host.
  private(set) var directories: [String: Interest] = [:]
  private(set) var failures: [FileFailure] = []

  mutating func add(_ path: String, below root: NodeRoot) {
    do throws(Errno) {
      guard let place = try visit(Array(path.utf8), below: root), let status = place.status else { return }
      guard status.isDirectory else {
        directories[root.hostPath(place.names), default: Interest()].contents = true
        return
      }
      let open = try OpenFile(
        root.calls, in: place.directory, place.nameOrDot.bytes, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
      let links = try EntryNames(of: open.descriptor, calls: root.calls).links
      directories[place.hostPath(below: root), default: Interest()].formUnion(
        Interest(everything: true, links: Set(links)))
      for link in links.prefix(Self.linkLimit) {
        // A link that leads nowhere is watched as far as it goes; one in a loop changes with its directory.
        guard let target = try? visit(Array("\(path)/".utf8) + link.raw, below: root), target.status?.isRegular == true
        else {
          continue
        }
        directories[root.hostPath(target.names), default: Interest()].contents = true
      }
    } catch {
      failures.append(FileFailure(.watch, path, error))
    }
  }

  private mutating func visit(_ path: [UInt8], below root: NodeRoot) throws(Errno) -> Place? {
    var visited: [(directory: [PathComponent], name: PathComponent)] = []
    defer {
      for (directory, name) in visited { directories[root.hostPath(directory), default: Interest()].names.insert(name) }
    }
    return try root.walk(path, followLast: true) { visited.append(($0, $1)) }
  }
}
