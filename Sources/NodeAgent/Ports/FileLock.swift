/// A lock on a file that no other process has. It ends with this object, and with the process: flock(2).
package protocol FileLock: AnyObject, Sendable {
  /// Whether the locked file is still the one at its path. If it is not, another process can lock the file that is.
  var isInPlace: Bool { get }

  /// Replaces what the file holds, which is nothing again once the lock has ended. A failure is ignored: the lock holds
  /// without it.
  func write(_ bytes: [UInt8])
}
