import Glibc
import Linux

/// An open file, which is closed at the end of its life.
struct OpenFile: ~Copyable, Sendable {
  private let calls: any FileSystemCalls
  let descriptor: Int32

  /// Opens `name` in an open directory with the flags of open(2). Throws its error.
  init(
    _ calls: any FileSystemCalls, in directory: Int32, _ name: UnsafePointer<CChar>, _ flags: Int32, mode: UInt32 = 0
  ) throws(Errno) {
    self.calls = calls
    descriptor = Int32(try Syscall.check { calls.openat(directory, name, flags, mode) })
  }

  /// Takes over an open descriptor.
  init(_ calls: any FileSystemCalls, adopting descriptor: Int32) {
    self.calls = calls
    self.descriptor = descriptor
  }

  deinit { _ = calls.close(descriptor) }

  /// Returns the status of the file. Throws the error of fstat(2).
  func status() throws(Errno) -> stat {
    var status = stat()
    try Syscall.check { calls.fstat(descriptor, &status) }
    return status
  }

  /// Reads to the end. Throws EFBIG if there are more than `limit` bytes. `expecting` may be wrong, as it is for
  /// procfs, which says 0.
  func readToEnd(expecting: Int, limit: Int) throws(Errno) -> [UInt8] {
    // The buffer has room for one more byte than expected, so that one read finds the end.
    var chunk = expecting == 0 ? 4096 : expecting + 1
    var bytes: [UInt8] = []
    while true {
      let more = try Syscall.bytes(upTo: chunk) { calls.read(descriptor, $0) }
      if more.isEmpty { return bytes }
      guard bytes.count + more.count <= limit else { throw Errno(EFBIG) }
      if bytes.isEmpty { bytes = more } else { bytes += more }
      if bytes.count == expecting { return bytes }
      chunk = 64 * 1024
    }
  }

  /// Writes all bytes, with as many calls as necessary.
  func write(_ bytes: [UInt8]) throws(Errno) {
    var written = 0
    while written < bytes.count {
      let count = try Syscall.check {
        bytes.withUnsafeBytes { calls.write(descriptor, UnsafeRawBufferPointer(rebasing: $0[written...])) }
      }
      // POSIX allows the result 0 for a file only if there was nothing to write. Otherwise the loop would never end.
      guard count > 0 else { throw Errno(EIO) }
      written += count
    }
  }
}
