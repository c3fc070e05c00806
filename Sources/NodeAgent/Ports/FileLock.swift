/// A lock on a file that no other process has. It ends with this object, and with the process: flock(2).
package protocol FileLock: AnyObject, Sendable {
  /// Whether the locked file is still the one at its path. If it is not, another process can lock the file that is.
  var isInPlace: Bool { get }

  /// Replaces the contents of the file. They count only while the lock is held. A failure is ignored, because the lock
  /// works without them.
  func write(_ bytes: [UInt8])
}
