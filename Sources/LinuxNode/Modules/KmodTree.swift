import CLinux
import Glibc
import Linux
import Modprobe
import Reconcile

/// A private directory with everything that libkmod may read for one load: the drop-ins as the agent has read them, and
/// links to the module files and indexes that the agent has opened and checked. It is removed with this object.
final class KmodTree {
  /// The first directory that can be created is used, because a pod may not have the node's /run.
  private static let parents = ["/run/sctp-agent", "/var/lib/sctp-agent"]
  private static let prefix = "kmod."
  private static let configurationName = "modprobe.d"
  private static let modulesName = "modules"

  private struct Entry: ~Copyable {
    let name: PathComponent
    let directory: OpenFile
  }

  private struct Place: ~Copyable {
    let parent: OpenDirectory
    let entry: Entry
  }

  private let place: Place
  /// The files stay open as long as libkmod may open them again.
  private var files: [CheckedFile] = []
  private var directories: Set<String> = []

  /// Makes the directory below the root of `files`, and removes those that earlier agents left behind. Throws if it
  /// cannot be created, or if procfs, which the links need, is not mounted.
  init(below files: LinuxFiles) throws(FileFailure) {
    place = try Self.place(below: files)
    try attempt(Self.configurationName) { makeDirectory(Self.configurationName) }
    try attempt(Self.modulesName) { makeDirectory(Self.modulesName) }
    guard access(modules, F_OK) == 0 else {
      throw FileFailure(
        refused: .read, "/proc/self/fd", reason: .notFound, "procfs is not mounted at /proc, and libkmod needs it")
    }
  }

  deinit { Self.remove(place.entry.name.bytes, in: place.parent.descriptor) }

  /// The directory of the drop-ins, in the form that libkmod opens.
  var configuration: String { "/proc/self/fd/\(place.entry.directory.descriptor)/\(Self.configurationName)" }

  /// The module directory, in the form that libkmod opens.
  var modules: String { "/proc/self/fd/\(place.entry.directory.descriptor)/\(Self.modulesName)" }

  /// Adds a drop-in with these bytes. Throws if it cannot be written.
  func add(_ dropIn: DropIn) throws(FileFailure) {
    let path = "\(Self.configurationName)/\(dropIn.name)"
    do throws(Errno) {
      let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
      let file = try OpenFile(
        LinuxCalls(), in: place.entry.directory.descriptor, PathComponent(path.utf8).bytes, flags, mode: 0o600)
      try file.write(dropIn.contents)
    } catch {
      throw FileFailure(.write, dropIn.path, error)
    }
  }

  /// Adds a checked file to the module directory. Throws if the link cannot be created.
  ///
  /// - Parameter path: relative to the module directory, without `..`.
  func add(_ file: CheckedFile, at path: String) throws(FileFailure) {
    let path = "\(Self.modulesName)/\(path)"
    for slash in path.indices.filter({ path[$0] == "/" }).dropFirst() {
      let directory = String(path[..<slash])
      guard directories.insert(directory).inserted else { continue }
      try attempt(directory) { makeDirectory(directory) }
    }
    try attempt(path) { Syscall.raw(symlinkat(file.path, place.entry.directory.descriptor, path)) }
    files.append(file)
  }

  private func makeDirectory(_ path: String) -> Int {
    Syscall.raw(mkdirat(place.entry.directory.descriptor, path, 0o700))
  }

  private func attempt(_ path: String, _ call: () -> Int) throws(FileFailure) {
    do throws(Errno) {
      try Syscall.check(call)
    } catch {
      throw FileFailure(.write, "\(Self.parents[0])/\(place.entry.name.text)/\(path)", error)
    }
  }

  private static func place(below files: LinuxFiles) throws(FileFailure) -> Place {
    var firstFailure: FileFailure?
    for path in parents {
      do throws(FileFailure) {
        try files.createDirectory(path)
        guard let parent = try files.directory(.createDirectory, path, for: path) else { continue }
        removeLeftovers(in: parent.descriptor)
        let entry = try files.attempt(.createDirectory, path) { () throws(Errno) -> Entry in
          try make(in: parent.descriptor)
        }
        return Place(parent: parent, entry: entry)
      } catch {
        firstFailure = firstFailure ?? error
      }
    }
    throw firstFailure ?? .noDirectory(parents[0], .createDirectory, parents[0])
  }

  /// Another agent may remove the directory before it is locked. The next name is then tried.
  private static func make(in parent: Int32) throws(Errno) -> Entry {
    for _ in 0..<4 {
      let name = PathComponent((prefix + String(UInt64.random(in: .min ... .max), radix: 36)).utf8)
      try Syscall.check { Syscall.raw(mkdirat(parent, name.bytes, 0o700)) }
      let opened = try Syscall.ifThere { () throws(Errno) in
        try OpenFile(LinuxCalls(), in: parent, name.bytes, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
      }
      guard let opened else { continue }
      // The lock shows that the directory is in use. On a file system without locks, there is only one agent.
      _ = CLinux_lock(opened.descriptor)
      var status = stat()
      guard fstatat(parent, name.bytes, &status, AT_SYMLINK_NOFOLLOW) == 0 else { continue }
      return Entry(name: name, directory: opened)
    }
    throw Errno(EAGAIN)
  }

  /// Removes the directories of agents that were killed.
  private static func removeLeftovers(in parent: Int32) {
    guard let names = try? EntryNames(of: parent, calls: LinuxCalls()) else { return }
    names.forEachSorted { name in
      guard strncmp(name, prefix, strlen(prefix)) == 0,
        let open = try? OpenFile(LinuxCalls(), in: parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC),
        CLinux_lock(open.descriptor) == 0
      else { return }
      remove(name, in: parent)
    }
  }

  /// Removes an entry with everything below it. Follows no links.
  private static func remove(_ name: UnsafePointer<CChar>, in directory: Int32, depth: Int = 0) {
    guard unlinkat(directory, name, 0) != 0, depth < 32 else { return }
    let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
    guard let open = try? OpenFile(LinuxCalls(), in: directory, name, flags) else { return }
    let descriptor = open.descriptor
    if let names = try? EntryNames(of: descriptor, calls: LinuxCalls()) {
      names.forEachSorted { remove($0, in: descriptor, depth: depth + 1) }
    }
    _ = unlinkat(directory, name, AT_REMOVEDIR)
  }
}
