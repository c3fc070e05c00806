import CLinux
import Glibc
import Linux

/// The directory that is the node's `/`. It resolves each path of the node.
///
/// No symlink, absolute or with `..`, leads out of the root: each component is resolved here, or by openat2(2) inside it.
struct NodeRoot: Sendable {
  /// The kernel's limit of links in a path: path_resolution(7).
  static let linkLimit = 40

  let path: String
  let calls: any FileSystemCalls
  let openInRoot = OpenInRoot()
  let rootDirectory = RootDirectory()
  /// The directories of one look; nil if each call resolves its path again.
  private(set) var lookedUp: LookedUpDirectories?

  init(path: String, calls: any FileSystemCalls) {
    self.path = path
    self.calls = calls
  }

  /// Returns the same root for one look at the node.
  func forOneLook() -> NodeRoot {
    var root = self
    root.lookedUp = LookedUpDirectories()
    return root
  }

  /// Walks to the last component, and through it if it is a link and `followLast` is set.
  ///
  /// Returns nil if a directory on the way does not exist. The `status` of the result is nil if only the last component
  /// is missing. `visiting` is called with each directory, as names below the root, and the name looked up in it.
  func walk(
    _ path: some Collection<UInt8>, followLast: Bool,
    visiting: ((_ directory: [PathComponent], _ name: PathComponent) -> Void)? = nil
  ) throws(Errno) -> Place? {
    var place = Place(calls: calls, root: try openRoot())
    var pending = try PathComponent.split(path)
    pending.reverse()
    var links = 0
    var sawLast = false
    while let component = pending.popLast() {
      if component.isParent {
        place.ascend()
        continue
      }
      visiting?(place.names, component)
      let isLast = pending.isEmpty
      if isLast {
        let status = try status(of: component, in: place.directory)
        if !sawLast { place.isSymlink = status?.isSymlink ?? false }
        sawLast = true
        guard let status, status.isSymlink, followLast else {
          place.finish(at: component, status: status)
          return place
        }
      } else {
        do throws(Errno) {
          let flags = CLinux_O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
          let directory = place.directory
          place.descend(to: Int32(try Syscall.check { calls.openat(directory, component.bytes, flags, 0) }), component)
          continue
        } catch {
          switch error.rawValue {
          case ENOENT: return nil
          case ENOTDIR, ELOOP: break
          default: throw error
          }
        }
      }
      let directory = place.directory
      let link = try Syscall.ifThere { () throws(Errno) in try linkTarget(of: component, in: directory) }
      guard let link else { return nil }
      guard let target = link else { throw Errno(ENOTDIR) }
      links += 1
      guard links <= Self.linkLimit else { throw Errno(ELOOP) }
      if target.first == UInt8(ascii: "/") { place.ascendToRoot() }
      pending += try PathComponent.split(target).reversed()
    }
    var status = stat()
    let directory = place.directory
    try Syscall.check { calls.fstat(directory, &status) }
    place.finish(at: nil, status: status)
    return place
  }

  /// Returns the path on this host of names below the root.
  func hostPath(_ names: [PathComponent]) -> String {
    let prefix = path.hasSuffix("/") ? String(path.dropLast()) : path
    return names.isEmpty ? path : prefix + names.map { "/" + $0.text }.joined()
  }

  /// Returns the target of the link, or nil if the name is not a link.
  func linkTarget(of name: PathComponent, in directory: Int32) throws(Errno) -> [UInt8]? {
    do throws(Errno) {
      return try Syscall.bytes(upTo: Int(PATH_MAX)) { calls.readlinkat(directory, name.bytes, $0) }
    } catch {
      guard error.rawValue == EINVAL else { throw error }
      return nil
    }
  }

  /// Returns the status of the entry itself (lstat), or nil if it does not exist.
  func status(of name: PathComponent, in directory: Int32) throws(Errno) -> stat? {
    var status = stat()
    let found = try Syscall.ifThere { () throws(Errno) in
      try Syscall.check { calls.fstatat(directory, name.bytes, &status) }
    }
    return found.map { _ in status }
  }

  /// Opens the root. The caller closes it. Throws the error of open(2).
  func openRoot() throws(Errno) -> Int32 {
    Int32(try Syscall.check { calls.openat(AT_FDCWD, path, CLinux_O_PATH | O_DIRECTORY | O_CLOEXEC, 0) })
  }
}

/// The end of a walk: the open directories from the root down, and a name in the last of them.
struct Place: ~Copyable {
  private let calls: any FileSystemCalls
  private var directories: [Int32]
  /// The names of the directories below the root, none of them a link.
  private(set) var names: [PathComponent] = []
  /// The name of the last component; nil if the walk ended at the directory itself (`/`, or a path that ends with `..`).
  private(set) var name: PathComponent?
  private(set) var status: stat?
  /// Whether the last component of the given path is a symlink.
  fileprivate(set) var isSymlink = false

  fileprivate init(calls: any FileSystemCalls, root: Int32) {
    self.calls = calls
    directories = [root]
  }

  deinit { for directory in directories { _ = calls.close(directory) } }

  /// An `O_PATH` descriptor, open as long as this value exists.
  var directory: Int32 { directories[directories.count - 1] }

  /// The name for `openat`.
  var nameOrDot: PathComponent { name ?? .current }

  /// Hands over the open directory.
  mutating func takeDirectory() -> OpenFile { OpenFile(calls, adopting: directories.removeLast()) }

  /// Whether everybody may reach the entry: every directory on the way to it lets everybody search it. The root counts
  /// as one that does.
  func isReachable() throws(Errno) -> Bool {
    for directory in directories.dropFirst() {
      var status = stat()
      try Syscall.check { calls.fstat(directory, &status) }
      guard status.isSearchable else { return false }
    }
    return true
  }

  /// The path on this host, free of links.
  func hostPath(below root: NodeRoot) -> String { root.hostPath(names + [name].compactMap(\.self)) }

  fileprivate mutating func descend(to directory: Int32, _ name: PathComponent) {
    directories.append(directory)
    names.append(name)
  }

  /// `..` of the root is the root.
  fileprivate mutating func ascend() {
    guard names.popLast() != nil else { return }
    _ = calls.close(directories.removeLast())
  }

  fileprivate mutating func ascendToRoot() { while !names.isEmpty { ascend() } }

  fileprivate mutating func finish(at name: PathComponent?, status: stat?) {
    self.name = name
    self.status = status
  }
}
