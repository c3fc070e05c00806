import Glibc
import Linux
import MachineIntent
package import NodeAgent
package import Reconcile

extension LinuxFiles {
  @discardableResult
  package func append(_ bytes: [UInt8], to path: String) throws(FileFailure) -> FileStamp {
    guard let directory = try target(.append, path) else { throw FileFailure(.append, path, Errno(ENOENT)) }
    do throws(Errno) {
      let flags = O_WRONLY | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC
      if let open = try opened(directory.name.bytes, in: directory.descriptor, flags) {
        return try append(bytes, to: open)
      }
      let open = try OpenFile(
        calls, in: directory.descriptor, directory.name.bytes, flags | O_CREAT, mode: 0o600)
      let stamp = try append(bytes, to: open)
      try Syscall.check { calls.fsync(directory.descriptor) }
      return stamp
    } catch {
      throw changeFailure(.append, path, in: directory, error)
    }
  }

  private func append(_ bytes: [UInt8], to open: borrowing OpenFile) throws(Errno) -> FileStamp {
    let status = try open.status()
    guard status.isRegular else { throw Errno(ENXIO) }
    do throws(Errno) {
      try open.write(bytes)
      try Syscall.check { calls.fsync(open.descriptor) }
      return FileStamp(try open.status())
    } catch {
      // An incomplete record must not stay before the next one.
      _ = calls.ftruncate(open.descriptor, Int(status.st_size))
      throw error
    }
  }

  package func remove(_ path: String, expecting expected: ExpectedEntry) throws(FileFailure) -> Bool {
    guard let directory = try target(.remove, path) else { return true }
    do throws(Errno) {
      guard let status = try root.status(of: directory.name, in: directory.descriptor) else { return true }
      guard !status.isDirectory else { throw Errno(EISDIR) }
      guard try unlink(directory, at: path, expected) else { return false }
      try Syscall.check { calls.fsync(directory.descriptor) }
      return true
    } catch {
      throw changeFailure(.remove, path, in: directory, error)
    }
  }

  package func createDirectory(_ path: String) throws(FileFailure) {
    let names = path.split(separator: "/", omittingEmptySubsequences: true)
    var parent = ""
    for (index, name) in names.enumerated() {
      let current = "\(parent)/\(name)"
      let isLast = index == names.count - 1
      do throws(Errno) {
        try makeDirectory(current, mode: isLast ? 0o700 : 0o755)
      } catch {
        // A parent that is a link is no target. It must not hide the error.
        if let parent = try? target(.createDirectory, current) {
          let failure = changeFailure(.createDirectory, current, in: parent, error)
          if failure.reason == .immutable { throw failure }
        }
        throw FileFailure(.createDirectory, path, error)
      }
      parent = current
    }
  }

  /// Makes the last directory of the path, unless it is there.
  private func makeDirectory(_ path: String, mode: UInt32) throws(Errno) {
    guard let place = try root.find(path.utf8, followLast: true) else { throw Errno(ENOENT) }
    if let status = place.status {
      guard status.isDirectory else { throw Errno(ENOTDIR) }
      return
    }
    try Syscall.check { calls.mkdirat(place.directory.descriptor, place.name.bytes, mode) }
    let directory = try OpenFile(
      calls, in: place.directory.descriptor, PathComponent.current.bytes, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    try Syscall.check { calls.fsync(directory.descriptor) }
  }

  package func removeDirectory(_ path: String) throws(FileFailure) {
    guard let directory = try target(.remove, path) else { return }
    do throws(Errno) {
      try Syscall.check { calls.rmdirat(directory.descriptor, directory.name.bytes) }
      try Syscall.check { calls.fsync(directory.descriptor) }
    } catch {
      // In a pod the directory is a mount point below a read-only file system: EROFS. Elsewhere a mount point is EBUSY.
      // rmdir(2) lets a file system say EEXIST for ENOTEMPTY.
      guard ![ENOENT, ENOTEMPTY, EEXIST, EBUSY, EROFS].contains(error.rawValue) else { return }
      throw changeFailure(.remove, path, in: directory, error)
    }
  }

  package func removeLeftovers(
    in directory: String, keep: (FileEntry) throws(FileFailure) -> Void
  ) throws(FileFailure) -> [String] {
    guard let open = try self.directory(.remove, directory, for: directory) else { return [] }
    var removed: [String] = []
    var failure: FileFailure?
    try attempt(.remove, directory) { () throws(Errno) in
      try EntryNames(of: open.descriptor, calls: calls).forEachSorted { name in
        let text = String(cString: name)
        guard LeftoverName.matches(text), !isBeingWritten(name, in: open.descriptor) else { return }
        let path = "\(directory)/\(text)"
        do throws(FileFailure) {
          if let entry = try entry(path), entry.kind == .regular, entry.mode.rawValue != LeftoverName.unfinishedMode {
            try keep(entry)
          }
          _ = try attempt(.remove, path) { () throws(Errno) in
            try Syscall.check { calls.unlinkat(open.descriptor, name) }
          }
          removed.append(path)
        } catch {
          if error.errno != ENOENT, failure == nil { failure = error }
        }
      }
    }
    if let failure { throw failure }
    return removed
  }

  /// Whether it is a temporary file whose writer is still running.
  private func isBeingWritten(_ name: UnsafePointer<CChar>, in directory: Int32) -> Bool {
    guard let file = try? OpenFile(calls, in: directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC) else {
      return false
    }
    return calls.lock(file.descriptor) == -Int(EWOULDBLOCK)
  }
}
