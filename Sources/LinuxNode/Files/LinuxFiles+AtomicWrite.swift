import Glibc
import Linux
import MachineIntent
package import NodeAgent
package import Reconcile

extension LinuxFiles {
  package func write(_ file: FileWrite, over expected: ExpectedEntry) throws(FileFailure) -> Bool {
    var refusal: FileFailure?
    do throws(FileFailure) {
      return try replace(file.path, over: expected) { (directory, temporary) throws(Errno) in
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let open = try OpenFile(
          calls, in: directory.descriptor, temporary.bytes, flags, mode: LeftoverName.unfinishedMode)
        // The lock shows to a later agent that this file is not a leftover. On a file system without locks, there is
        // only one agent.
        _ = calls.lock(open.descriptor)
        do throws(Errno) {
          try open.write(file.contents)
          try removeInheritedACL(of: open.descriptor)
          // The owner comes first, because a change of owner clears the set-id bits.
          try Syscall.check { calls.fchown(open.descriptor, file.account.user, file.account.group) }
          try Syscall.check { calls.fchmod(open.descriptor, file.mode.rawValue) }
          try set(file.attributes, of: open.descriptor, at: file.path, &refusal)
          if let label = try label(for: file, over: expected, in: directory) {
            try setLabel(of: open.descriptor, to: label)
          }
          try Syscall.check { calls.fsync(open.descriptor) }
        } catch {
          _ = calls.unlinkat(directory.descriptor, temporary.bytes)
          throw error
        }
      }
    } catch {
      throw refusal ?? error
    }
  }

  package func link(_ path: String, to target: String, over expected: ExpectedEntry) throws(FileFailure) -> Bool {
    try replace(path, over: expected) { (directory, temporary) throws(Errno) in
      try Syscall.check { calls.symlinkat(target, directory.descriptor, temporary.bytes) }
    }
  }

  /// Replaces the path with the file that `make` creates under a temporary name. Returns false if something unexpected
  /// is at the path.
  private func replace(
    _ path: String, over expected: ExpectedEntry,
    _ make: (borrowing TargetDirectory, PathComponent) throws(Errno) -> Void
  ) throws(FileFailure) -> Bool {
    guard let directory = try target(.write, path) else {
      let parent = path[..<(path.lastIndex(of: "/") ?? path.startIndex)]
      throw FileFailure.noDirectory(String(parent), .write, path)
    }
    do throws(Errno) {
      // rename(2) refuses it too, but only after the whole temporary file is on the disk.
      if let status = try root.status(of: directory.name, in: directory.descriptor), status.isDirectory {
        throw Errno(EISDIR)
      }
      // A file in an append-only directory can be neither renamed nor removed.
      if isAppendOnly(directory.descriptor) { throw Errno(EPERM) }
      let temporary = LeftoverName.random()
      try make(directory, temporary)
      let isDone = try put(temporary, in: directory, at: path, over: expected)
      try Syscall.check { calls.fsync(directory.descriptor) }
      return isDone
    } catch {
      throw changeFailure(.write, path, in: directory, error)
    }
  }

  /// Renames the temporary file to the path, and removes the old file. Returns false, leaves the path as it was and
  /// removes the temporary file, if the old file was not as expected.
  private func put(
    _ temporary: PathComponent, in directory: borrowing TargetDirectory, at path: String, over expected: ExpectedEntry
  ) throws(Errno) -> Bool {
    let (descriptor, name) = (directory.descriptor, directory.name)
    var isDone = false
    do throws(Errno) {
      switch expected {
      case .anything:
        try Syscall.check { calls.renameat(descriptor, temporary.bytes, name.bytes) }
        return true
      case .exactly(nil):
        isDone = try renameToFree(temporary, in: directory)
        if isDone { return true }
      case .exactly(let entry?):
        let written = try root.status(of: temporary, in: descriptor)
        switch try exchange(temporary, in: directory, with: entry, at: path) {
        case .done: isDone = true
        case .nothingThere: break
        case .other(let failure):
          try putBack(temporary, in: directory, instead: written?.st_ino ?? 0)
          if let failure { throw failure }
          return false
        }
      }
    } catch {
      discard(temporary, in: descriptor)
      throw error
    }
    discard(temporary, in: descriptor)
    return isDone
  }

  /// Removes the entry. It gets a temporary name first, so that no other program can replace it before it is compared.
  /// Returns false, with the entry under its old name again, if it is not as expected.
  func unlink(
    _ directory: borrowing TargetDirectory, at path: String, _ expected: ExpectedEntry
  ) throws(Errno) -> Bool {
    let (descriptor, name) = (directory.descriptor, directory.name)
    guard case .exactly(let entry) = expected else {
      try Syscall.check { calls.unlinkat(descriptor, name.bytes) }
      return true
    }
    guard let entry else { return false }
    let temporary = LeftoverName.random()
    try Syscall.check { calls.renameat(descriptor, name.bytes, temporary.bytes) }
    var failure: Errno?
    do throws(Errno) {
      if try isSame(temporary, in: descriptor, at: path, as: entry) {
        discard(temporary, in: descriptor)
        return true
      }
    } catch {
      failure = error
    }
    // If there is a newer file by now, its owner has replaced this one.
    if calls.renameToFree(descriptor, temporary.bytes, name.bytes) != 0 { discard(temporary, in: descriptor) }
    if let failure { throw failure }
    return false
  }

  private func renameToFree(_ temporary: PathComponent, in directory: borrowing TargetDirectory) throws(Errno) -> Bool {
    let (descriptor, name) = (directory.descriptor, directory.name)
    do throws(Errno) {
      try Syscall.check { calls.renameToFree(descriptor, temporary.bytes, name.bytes) }
      return true
    } catch {
      switch error.rawValue {
      case EEXIST: return false
      case EINVAL, ENOSYS:
        // There is no better way on such a file system.
        guard try root.status(of: name, in: descriptor) == nil else { return false }
        try Syscall.check { calls.renameat(descriptor, temporary.bytes, name.bytes) }
        return true
      default: throw error
      }
    }
  }

  private enum Exchange {
    /// The expected file has the temporary name now, or is gone.
    case done
    case nothingThere
    /// An unexpected file has the temporary name now. With an error, it is unknown which file.
    case other(Errno?)
  }

  private func exchange(
    _ temporary: PathComponent, in directory: borrowing TargetDirectory, with expected: FileEntry, at path: String
  ) throws(Errno) -> Exchange {
    let (descriptor, name) = (directory.descriptor, directory.name)
    do throws(Errno) {
      try Syscall.check { calls.exchange(descriptor, temporary.bytes, name.bytes) }
    } catch {
      switch error.rawValue {
      case ENOENT: return .nothingThere
      case EINVAL, ENOSYS:
        guard try isSame(name, in: descriptor, at: path, as: expected) else { return .nothingThere }
        try Syscall.check { calls.renameat(descriptor, temporary.bytes, name.bytes) }
        return .done
      default: throw error
      }
    }
    do throws(Errno) {
      return try isSame(temporary, in: descriptor, at: path, as: expected) ? .done : .other(nil)
    } catch {
      return .other(error)
    }
  }

  private func isSame(
    _ name: PathComponent, in directory: Int32, at path: String, as expected: FileEntry
  ) throws(Errno) -> Bool {
    guard let status = try root.status(of: name, in: directory) else { return false }
    let found = try entry(path: path, rawPath: Array(path.utf8), name: name.bytes, in: directory, status: status) {
      (_) in
      nil
    } keep: {
      (_, _) in
    }
    // An unreadable file counts as different.
    return found?.failure == nil && found?.isSameFile(as: expected) == true
  }

  /// Moves the file that was at the path back, and removes the file with the inode `written`, which replaced it.
  ///
  /// The owner of the path may change it again at any moment. The file that is then at the path is newer and stays, and
  /// the older file is removed.
  private func putBack(
    _ temporary: PathComponent, in directory: borrowing TargetDirectory, instead written: UInt
  ) throws(Errno) {
    let (descriptor, name) = (directory.descriptor, directory.name)
    var placed = written
    for _ in 0..<16 {
      let older = try root.status(of: temporary, in: descriptor)?.st_ino ?? 0
      do throws(Errno) {
        try Syscall.check { calls.exchange(descriptor, temporary.bytes, name.bytes) }
      } catch {
        // The owner has removed it.
        guard error.rawValue == ENOENT else { throw error }
        return
      }
      guard try root.status(of: temporary, in: descriptor)?.st_ino != placed else {
        discard(temporary, in: descriptor)
        return
      }
      placed = older
    }
    throw Errno(EBUSY)
  }

  private func discard(_ temporary: PathComponent, in directory: Int32) {
    // It is tried twice. The change itself is made, so a failure leaves only a leftover.
    for _ in 0..<2 where calls.unlinkat(directory, temporary.bytes) == 0 { return }
  }
}
