import CLinux
import Glibc
import Linux
import Reconcile

/// The directories to watch so that no change to some paths is missed: every directory on the way to each path, with
/// links resolved, and on the way to the target of each link in a watched directory.
struct WatchPlan: Equatable {
  /// The events that matter in one directory.
  struct Interest: Equatable {
    /// The names that lead to a watched path, whether or not they exist.
    var names: Set<PathComponent> = []
    /// Whether every entry and its contents matter, because the directory itself is watched.
    var everything = false
    /// Whether its entries are modules and their indexes.
    var holdsModules = false
    /// Whether the contents of `names` matter, because one of them is a watched file.
    var contents = false
    /// The entries that were symlinks, if every entry matters.
    var links: Set<PathComponent> = []
    /// Whether the directory has another path too, so that an event does not say at which path it happened.
    var hasOtherPath = false

    mutating func formUnion(_ other: Interest) {
      names.formUnion(other.names)
      everything = everything || other.everything
      holdsModules = holdsModules || other.holdsModules
      contents = contents || other.contents
      links.formUnion(other.links)
    }

    /// Whether an event about this name changes nothing but an entry of the directory, which is no module.
    func isAboutEntry(_ name: PathComponent) -> Bool {
      everything && !holdsModules && !hasOtherPath && !names.contains(name)
    }

    var mask: UInt32 {
      var mask = IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF
      if everything || contents { mask |= IN_MODIFY | IN_CLOSE_WRITE | IN_ATTRIB }
      return UInt32(mask) | UInt32(IN_ONLYDIR) | UInt32(IN_DONT_FOLLOW) | UInt32(IN_EXCL_UNLINK)
    }
  }

  /// The number of links of one directory that are watched. Changes to the targets of further links are noticed at the
  /// next resync.
  static let linkLimit = 256

  /// The directories by their paths on this host.
  private(set) var directories: [String: Interest] = [:]
  private(set) var failures: [FileFailure] = []
  /// The watched paths as they were given, each after the path of its root, with the paths on this host that they lead
  /// to. A path of which a directory is missing is not there.
  private var places: [String: String] = [:]

  /// Returns the path on this host that a watched path leads to, or nil if it is not watched or a directory is missing.
  func place(of path: String, below root: NodeRoot) -> String? { places[root.path + path] }

  mutating func add(_ path: String, below root: NodeRoot, holdsModules: Bool = false) {
    do throws(Errno) {
      guard let place = try visit(Array(path.utf8), below: root) else { return }
      places[root.path + path] = place.hostPath(below: root)
      guard let status = place.status else { return }
      guard status.isDirectory else {
        directories[root.hostPath(place.names), default: Interest()].contents = true
        return
      }
      let open = try OpenFile(
        root.calls, in: place.directory, place.nameOrDot.bytes, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
      let links = try EntryNames(of: open.descriptor, calls: root.calls).links
      directories[place.hostPath(below: root), default: Interest()].formUnion(
        Interest(everything: true, holdsModules: holdsModules, links: Set(links)))
      for link in links.prefix(Self.linkLimit) {
        // A dangling link is watched as far as it resolves. A link in a loop changes with its directory.
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
