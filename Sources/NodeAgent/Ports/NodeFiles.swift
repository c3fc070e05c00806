package import Reconcile

/// The files below one root that the agent may read: the node's files, procfs or sysfs.
///
/// Nil means that the object does not exist, or no longer. A throw means that it could not be read. Paths are absolute
/// paths on the node. The conformer adds the root, and resolves symlinks inside it.
package protocol ReadableFiles: Sendable {
  /// Returns the whole file, following links. Throws if it has more than `limit` bytes.
  func read(_ path: String, limit: Int) throws(FileFailure) -> [UInt8]?

  /// Returns the entry itself (`lstat`) with its bytes. Links on the way to it are followed inside the root.
  func entry(_ path: String) throws(FileFailure) -> FileEntry?

  /// Returns the wanted entries with their bytes, sorted by the bytes of the names; `.` and `..` are left out. Never opens
  /// a FIFO or a device. Returns nil if the directory is not there.
  ///
  /// - Parameters:
  ///   - directory: the path of the directory.
  ///   - scope: which entries are wanted.
  ///   - goesOn: asked now and then between the entries; once it returns false, the rest is left out.
  func list(
    _ directory: String, _ scope: ListingScope, while goesOn: () -> Bool
  ) throws(FileFailure) -> DirectoryListing?

  /// Returns the names in a directory, sorted by their bytes. Opens nothing but the directory.
  func names(in directory: String) throws(FileFailure) -> [String]?

  /// Passes a file of any length to `take`, piece by piece, following links. Returns whether it is there.
  func readPieces(of path: String, _ take: ([UInt8]) -> Void) throws(FileFailure) -> Bool

  /// Returns the stamp of the file that the path leads to, which changes with the file. Opens nothing.
  func stamp(_ path: String) throws(FileFailure) -> FileStamp?

  /// Returns the stamps of several names in one directory; nil for what is not there.
  func stamps(of names: [String], in directory: String) throws(FileFailure) -> [FileStamp?]

  /// Returns the same files for one look at the node, which may resolve the path of each directory only once. Use them
  /// for the look only, because they would not notice that another directory has taken the place of one.
  func forOneLook() -> Self
}

extension ReadableFiles {
  package func forOneLook() -> Self { self }

  package func stamps(of names: [String], in directory: String) throws(FileFailure) -> [FileStamp?] {
    try names.map { (name) throws(FileFailure) in try stamp("\(directory)/\(name)") }
  }

  /// Whether `/lib` is a link to `/usr/lib`. It is taken for none if it cannot be read.
  package var isUsrMerged: Bool {
    (try? entry("/lib")).map { $0.kind != .directory } ?? false
  }

  /// Returns the wanted entries, which are all that the bounds of `MemoryBudget` allow if `scope` is left out.
  package func list(
    _ directory: String, _ scope: ListingScope = ListingScope()
  ) throws(FileFailure) -> DirectoryListing? {
    try list(directory, scope) { true }
  }
}

/// The state that a change expects at its path.
package enum ExpectedEntry: Sendable {
  /// Anything is replaced, because the file is the agent's own.
  case anything
  /// The result of `entry` for the path. Anything else was written by another program and must not be lost.
  case exactly(FileEntry?)
}

/// The node's files, which the agent may also change.
package protocol NodeFiles: ReadableFiles {
  /// Puts the bytes in place atomically and durably: a temporary file in the same directory with the final mode, owner,
  /// attributes and security label, fsync, rename, fsync of the directory. What is at the path is replaced, never
  /// followed or opened.
  ///
  /// Returns false, and changes nothing, if something unexpected is at the path at the moment of the rename. A throw
  /// leaves no temporary file. A directory at the path and a symlinked parent are refused.
  func write(_ file: FileWrite, over expected: ExpectedEntry) throws(FileFailure) -> Bool

  /// Appends durably (fsync) to a file of the state directory, which is made with mode 0600. Returns its new stamp.
  @discardableResult
  func append(_ bytes: [UInt8], to path: String) throws(FileFailure) -> FileStamp

  /// Removes the entry durably. It is not a failure if nothing is there. A directory is refused.
  ///
  /// Returns false, and removes nothing, if something unexpected is at the path.
  func remove(_ path: String, expecting expected: ExpectedEntry) throws(FileFailure) -> Bool

  /// Creates a symlink in the same way as `write` creates a file, for `revert`.
  func link(_ path: String, to target: String, over expected: ExpectedEntry) throws(FileFailure) -> Bool

  /// Creates the directory and its parents. The mode of the last one is 0700.
  func createDirectory(_ path: String) throws(FileFailure)

  /// Removes the directory durably if it is empty. It is not a failure if nothing is there, or if the directory cannot
  /// be removed because it is not empty, is a mount point, or has a read-only parent.
  func removeDirectory(_ path: String) throws(FileFailure)

  /// Removes the temporary files that a killed agent left in the directory, and returns their paths. Those that another
  /// agent is writing stay. A directory that does not exist has none.
  ///
  /// A leftover can be a file that the agent moved away from its path and could not put back before it was killed. So
  /// each regular file that is written completely is passed to `keep` before it is removed; it stays if `keep` throws.
  /// The first failure is thrown once the other leftovers are gone.
  func removeLeftovers(
    in directory: String, keep: (FileEntry) throws(FileFailure) -> Void
  ) throws(FileFailure) -> [String]

  /// Locks a file of the state directory for this process, and makes it with mode 0600 if it is not there.
  ///
  /// Waits up to `timeout` while another process has the lock; returns nil if that process still has it then. Throws
  /// `NotFound` if the directory does not exist. On a file system without locks, every process gets one.
  func lock(_ path: String, timeout: Duration) throws(FileFailure) -> (any FileLock)?

  /// The number of a user or group in the node's own `/etc/passwd` or `/etc/group`, or in those below `/usr/lib` that
  /// image-based systems keep (nss-altfiles); nil if there is no such name.
  func userID(_ name: String) throws(FileFailure) -> UInt32?
  func groupID(_ name: String) throws(FileFailure) -> UInt32?
}

extension NodeFiles {
  package func removeLeftovers(in directory: String) throws(FileFailure) -> [String] {
    try removeLeftovers(in: directory) { (_) throws(FileFailure) in }
  }
  package func write(_ file: FileWrite) throws(FileFailure) { _ = try write(file, over: .anything) }
  package func remove(_ path: String) throws(FileFailure) { _ = try remove(path, expecting: .anything) }
  package func link(_ path: String, to target: String) throws(FileFailure) {
    _ = try link(path, to: target, over: .anything)
  }
}
