import Glibc
import MachineIntent
package import Reconcile

extension LinuxFiles {
  package func write(_ file: FileWrite) throws(FileFailure) {
    try replace(file.path) { (directory, temporary) throws(Errno) in
      let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
      let open = try OpenFile(calls, in: directory.descriptor, temporary.bytes, flags, mode: 0o600)
      do throws(Errno) {
        try open.write(file.contents)
        // The owner first: a change of owner clears the set-id bits.
        try Syscall.check { calls.fchown(open.descriptor, file.user, file.group) }
        try Syscall.check { calls.fchmod(open.descriptor, file.mode.rawValue) }
        try copyLabel(of: directory.name, in: directory.descriptor, to: open.descriptor)
        try Syscall.check { calls.fsync(open.descriptor) }
      } catch {
        _ = calls.unlinkat(directory.descriptor, temporary.bytes)
        throw error
      }
    }
  }

  package func link(_ path: String, to target: String) throws(FileFailure) {
    try replace(path) { (directory, temporary) throws(Errno) in
      try Syscall.check { calls.symlinkat(target, directory.descriptor, temporary.bytes) }
    }
  }

  /// Puts what `make` leaves under a temporary name in place of the path.
  private func replace(
    _ path: String, _ make: (borrowing TargetDirectory, PathComponent) throws(Errno) -> Void
  ) throws(FileFailure) {
    guard let directory = try target(.write, path) else {
      let parent = path[..<(path.lastIndex(of: "/") ?? path.startIndex)]
      throw FileFailure(
        .write, path, errno: ENOENT, token: "NotFound",
        reason: "the directory '\(parent)' does not exist (ENOENT); create it, owned by root with mode 0755")
    }
    do throws(Errno) {
      // rename(2) would refuse it too, but only after the whole temporary file is on the disk.
      if let status = try root.status(of: directory.name, in: directory.descriptor), status.isDirectory {
        throw Errno(EISDIR)
      }
      let temporary = LeftoverName.random()
      try make(directory, temporary)
      do throws(Errno) {
        try Syscall.check { calls.renameat(directory.descriptor, temporary.bytes, directory.name.bytes) }
      } catch {
        _ = calls.unlinkat(directory.descriptor, temporary.bytes)
        throw error
      }
      try Syscall.check { calls.fsync(directory.descriptor) }
    } catch {
      throw changeFailure(.write, path, in: directory, error)
    }
  }

  /// Gives the new file the SELinux label of the regular file that it replaces. A file that replaces none keeps the
  /// label that its directory gave it.
  private func copyLabel(of name: PathComponent, in directory: Int32, to file: Int32) throws(Errno) {
    guard let status = try root.status(of: name, in: directory), status.isRegular else { return }
    let flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC
    let old = try OpenFile(calls, in: directory, name.bytes, flags)
    guard let label = try label(of: old.descriptor), try label != self.label(of: file) else { return }
    do throws(Errno) {
      try Syscall.check { label.withUnsafeBytes { calls.fsetxattr(file, "security.selinux", $0) } }
    } catch {
      guard error.rawValue == EOPNOTSUPP else { throw error }
    }
  }

  /// nil: a file system or a kernel without labels.
  private func label(of file: Int32) throws(Errno) -> [UInt8]? {
    do throws(Errno) {
      return try Syscall.bytes(upTo: 4096) { calls.fgetxattr(file, "security.selinux", $0) }
    } catch {
      guard [ENODATA, EOPNOTSUPP].contains(error.rawValue) else { throw error }
      return nil
    }
  }
}
