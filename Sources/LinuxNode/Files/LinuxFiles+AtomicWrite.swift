import Glibc
import MachineIntent
package import Reconcile

extension LinuxFiles {
  package func write(_ file: FileWrite) throws(FileFailure) {
    try replace(file.path) { (directory, temporary) throws(Errno) in
      let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
      let open = try OpenFile(calls, in: directory.descriptor, temporary.bytes, flags, mode: 0o600)
      // Tells a successor that this is no leftover. Where the file system has no locks, there is only one agent.
      _ = calls.lock(open.descriptor)
      do throws(Errno) {
        try open.write(file.contents)
        // The owner first: a change of owner clears the set-id bits.
        try Syscall.check { calls.fchown(open.descriptor, file.account.user, file.account.group) }
        try Syscall.check { calls.fchmod(open.descriptor, file.mode.rawValue) }
        if let label = try label(for: file, in: directory) {
          try setLabel(of: open.descriptor, to: label)
        }
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
      throw FileFailure.noDirectory(String(parent), .write, path)
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
}
