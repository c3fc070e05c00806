import CLinux
import Glibc
import Linux
import Reconcile

/// The open directory of a path that will be changed, and the path's last name in it.
struct TargetDirectory: ~Copyable {
  let open: OpenDirectory
  let name: PathComponent

  var descriptor: Int32 { open.descriptor }
}

extension LinuxFiles {
  /// Opens the parent of `path`. Returns nil if it does not exist. A parent whose own name is a symlink is refused,
  /// because the files in it have other paths.
  func target(_ operation: FileFailure.Operation, _ path: String) throws(FileFailure) -> TargetDirectory? {
    let split = path.lastIndex(of: "/")
    let name = String(path[(split.map(path.index(after:)) ?? path.startIndex)...])
    let parent = split.map { String(path[..<$0]) } ?? ""
    guard !["", ".", ".."].contains(name) else {
      throw FileFailure(refused: operation, path, reason: .fileFailure, "the path does not end in a file name")
    }
    // A name that is not UTF-8 was read with U+FFFD in it, which would be the name of another file.
    guard !name.unicodeScalars.contains("\u{FFFD}") else {
      throw FileFailure(
        refused: operation, path, reason: .fileFailure, "the name is not valid UTF-8; rename the file")
    }
    guard let component = try attempt(operation, path, { () throws(Errno) in try PathComponent.split(name.utf8).first })
    else { return nil }
    guard let directory = try directory(operation, parent, for: path) else { return nil }
    return TargetDirectory(open: directory, name: component)
  }

  /// Opens the directory itself for reading and fsync. Returns nil if it does not exist.
  func directory(
    _ operation: FileFailure.Operation, _ parent: String, for path: String
  ) throws(FileFailure) -> OpenDirectory? {
    let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
    if case .open(let open) = try attempt(operation, path, { () throws(Errno) in try root.open(parent.utf8, flags) }) {
      return open
    }
    let place = try attempt(operation, path) { () throws(Errno) in try root.walk(parent.utf8, followLast: false) }
    guard let place, let status = place.status else { return nil }
    guard !status.isSymlink else { throw FileFailure.linkedDirectory(parent, operation, path) }
    return try attempt(operation, path) { () throws(Errno) in
      OpenDirectory(try OpenFile(calls, in: place.directory, place.nameOrDot.bytes, flags))
    }
  }

  /// Describes the error of a change in `directory`. EPERM may come from the immutable flag, which also binds root.
  func changeFailure(
    _ operation: FileFailure.Operation, _ path: String, in directory: borrowing TargetDirectory, _ error: Errno
  ) -> FileFailure {
    guard error.rawValue == EPERM || error.rawValue == EACCES else { return FileFailure(operation, path, error) }
    let parent = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
    for (name, object) in [(directory.name, path), (.current, parent)] where isImmutable(name, in: directory) {
      return FileFailure(
        operation, path, errno: error.rawValue, reason: .immutable,
        message: "'\(object)' is immutable or append-only (\(error.name)); run: chattr -ia '\(object)'")
    }
    return FileFailure(operation, path, error)
  }

  /// Whether the open directory has the append-only flag of chattr(1).
  func isAppendOnly(_ directory: Int32) -> Bool {
    var flags: UInt32 = 0
    guard (try? Syscall.check { calls.inodeFlags(directory, &flags) }) != nil else { return false }
    return flags & CLinux_FS_APPEND_FL != 0
  }

  private func isImmutable(_ name: PathComponent, in directory: borrowing TargetDirectory) -> Bool {
    guard let status = try? root.status(of: name, in: directory.descriptor), status.isRegular || status.isDirectory,
      let open = try? OpenFile(
        calls, in: directory.descriptor, name.bytes, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    else { return false }
    var flags: UInt32 = 0
    guard (try? Syscall.check { calls.inodeFlags(open.descriptor, &flags) }) != nil else { return false }
    return flags & (CLinux_FS_IMMUTABLE_FL | CLinux_FS_APPEND_FL) != 0
  }
}
