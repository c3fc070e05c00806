package import Reconcile

/// The bytes below one root that the agent may look at: the node's files, procfs or sysfs.
///
/// Convention: nil is "not there", whether it never was or has gone while it was looked at; a throw is "could not tell".
/// Paths are absolute as the node sees them; the root is
/// the conformer's business, and symlinks are resolved inside it.
package protocol ReadableFiles: Sendable {
  /// The whole file, following links.
  func read(_ path: String, limit: Int) throws(FileFailure) -> [UInt8]?

  /// The entry itself (`lstat`) with its bytes; directories on the way are followed inside the root.
  func entry(_ path: String) throws(FileFailure) -> FileEntry?

  /// Every entry with its bytes, sorted by the bytes of the names; `.` and `..` left out. Never opens a FIFO or a device.
  func list(_ directory: String) throws(FileFailure) -> DirectoryListing?

  /// The names in a directory, sorted by their bytes; nothing is opened but the directory itself.
  func names(in directory: String) throws(FileFailure) -> [String]?

  /// Gives a file of any length to `take` piece by piece, following links; false: it is not there.
  func readPieces(of path: String, _ take: ([UInt8]) -> Void) throws(FileFailure) -> Bool

  /// What changes when the file that the path leads to changes; nil: not there. Cheap: nothing is opened.
  func stamp(_ path: String) throws(FileFailure) -> FileStamp?
}

/// The node's files, which the agent may also change.
package protocol NodeFiles: ReadableFiles {
  /// Puts the bytes in place atomically and durably: a temporary file in the same directory with the final mode, owner
  /// and security label, fsync, rename, fsync of the directory. Whatever bears the name now is replaced, never followed
  /// or opened. Throws without leaving anything behind; a directory of that name and a symlinked parent are refused.
  func write(_ file: FileWrite) throws(FileFailure)

  /// Appends durably (fsync) to a file of the state directory, which is made with mode 0600.
  func append(_ bytes: [UInt8], to path: String) throws(FileFailure)

  /// Removes the entry durably. Not there is no failure. A directory is refused.
  func remove(_ path: String) throws(FileFailure)

  /// Puts a symlink in place atomically and durably, for `revert`.
  func link(_ path: String, to target: String) throws(FileFailure)

  /// Makes the directory and its parents, 0700 for the last.
  func createDirectory(_ path: String) throws(FileFailure)

  /// Removes the temporary files that a crashed predecessor left in the directory, and returns their paths; those that
  /// another agent is writing stay. One that cannot be removed is thrown once the others are gone. A directory that is not there has none.
  func removeLeftovers(in directory: String) throws(FileFailure) -> [String]

  /// Locks a file of the state directory for this process, and makes it with mode 0600 if it is not there.
  ///
  /// Waits up to `timeout` while another process has the lock; returns nil if that process still has it then. Throws
  /// `NotFound` if the directory does not exist. On a file system without locks, every process gets one.
  func lock(_ path: String, timeout: Duration) throws(FileFailure) -> (any FileLock)?

  /// The number of a user or group in the node's own `/etc/passwd` or `/etc/group`, or in those below `/usr/lib` that
  /// image-based systems keep (nss-altfiles); nil: no such name.
  func userID(_ name: String) throws(FileFailure) -> UInt32?
  func groupID(_ name: String) throws(FileFailure) -> UInt32?
}
