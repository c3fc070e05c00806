import Glibc
import Linux
package import NodeAgent
package import Reconcile

extension LinuxFiles {
  private static let lockPollMicroseconds: UInt32 = 2000

  package func lock(_ path: String, timeout: Duration) throws(FileFailure) -> (any FileLock)? {
    let deadline = ContinuousClock.now + timeout
    while true {
      if let lock = try lock(path) { return lock }
      guard ContinuousClock.now < deadline else { return nil }
      usleep(Self.lockPollMicroseconds)
    }
  }

  /// Returns nil if another process has the lock.
  private func lock(_ path: String) throws(FileFailure) -> LinuxFileLock? {
    guard let directory = try target(.lock, path) else { throw FileFailure(.lock, path, Errno(ENOENT)) }
    do throws(Errno) {
      let flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC
      let file = try OpenFile(calls, in: directory.descriptor, directory.name.bytes, flags, mode: 0o600)
      let status = try file.status()
      guard status.isRegular else { throw Errno(ENXIO) }
      do throws(Errno) {
        try Syscall.check { calls.lock(file.descriptor) }
      } catch {
        switch error.rawValue {
        case EWOULDBLOCK: return nil
        // The file system has no locks: flock(2), and ENOSYS of FUSE.
        case ENOLCK, EOPNOTSUPP, ENOSYS, EINVAL: break
        default: throw error
        }
      }
      // Another process may have removed the file before it was locked.
      let current = try root.status(of: directory.name, in: directory.descriptor)
      guard current?.st_ino == status.st_ino, current?.st_dev == status.st_dev else { return nil }
      return LinuxFileLock(file, status, at: path, of: self)
    } catch {
      throw changeFailure(.lock, path, in: directory, error)
    }
  }
}

/// An open file that this process has locked.
private final class LinuxFileLock: FileLock {
  private let file: OpenFile
  private let device: UInt64
  private let inode: UInt64
  private let path: String
  private let files: LinuxFiles

  init(_ file: consuming OpenFile, _ status: stat, at path: String, of files: LinuxFiles) {
    self.file = file
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
    self.path = path
    self.files = files
  }

  var isInPlace: Bool {
    guard let stamp = try? files.stamp(path) else { return false }
    return stamp.device == device && stamp.inode == inode
  }

  func write(_ bytes: [UInt8]) {
    guard files.calls.ftruncate(file.descriptor, 0) == 0 else { return }
    try? file.write(bytes)
  }
}
