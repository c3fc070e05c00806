import Glibc
import Linux
import Reconcile

/// An open file that is checked to be regular and not too large, for code that accepts paths only (libkmod).
///
/// libkmod would follow a link out of the root, wait for the writer of a FIFO and read a device without end. It gets
/// `path`, which always leads to this file, even if its name has changed.
final class CheckedFile {
  let open: OpenFile

  fileprivate init(_ open: consuming OpenFile) { self.open = open }

  var path: String { "/proc/self/fd/\(open.descriptor)" }

  /// Returns at most the first `count` bytes; fewer, or none, if they cannot be read.
  func firstBytes(_ count: Int) -> [UInt8] {
    let descriptor = open.descriptor
    return (try? Syscall.bytes(upTo: count) { Syscall.raw(pread(descriptor, $0.baseAddress, $0.count, 0)) }) ?? []
  }
}

extension LinuxFiles {
  /// Opens the file that the path leads to inside the root. Returns nil if nothing is there. Throws if it is not a
  /// regular file, is larger than `limit` bytes, or cannot be opened.
  func checked(_ path: String, limit: Int) throws(FileFailure) -> CheckedFile? {
    let found = try attempt(.read, path) { () throws(Errno) -> FoundEntry? in
      try root.find(path.utf8, followLast: true)
    }
    guard let found, let status = found.status else { return nil }
    try check(status, path, limit: limit)
    // Without O_NONBLOCK the open would wait if a FIFO had taken the file's place.
    let flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC
    let (name, directory) = (found.name, found.directory.descriptor)
    let opened = try attempt(.read, path) { () throws(Errno) -> OpenFile? in
      try self.opened(name.bytes, in: directory, flags)
    }
    guard let opened else { return nil }
    let file = CheckedFile(opened)
    try check(try attempt(.read, path) { () throws(Errno) -> stat in try file.open.status() }, path, limit: limit)
    return file
  }

  private func check(_ status: stat, _ path: String, limit: Int) throws(FileFailure) {
    guard status.isRegular else {
      throw FileFailure(
        refused: .read, path, reason: .fileFailure, "it is \(status.kindInWords), not a regular file; replace it")
    }
    guard status.st_size <= limit else {
      throw FileFailure(
        refused: .read, path, reason: .tooLarge, "it has \(status.st_size) bytes and the limit is \(limit)")
    }
  }
}

extension stat {
  fileprivate var kindInWords: String {
    switch format {
    case S_IFDIR: "a directory"
    case S_IFIFO: "a FIFO"
    case S_IFSOCK: "a socket"
    default: "a device"
    }
  }
}
