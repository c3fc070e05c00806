/// The identity and the times of a file: equal stamps mean the same bytes, if the file did not change within the
/// clock's tick.
package struct FileStamp: Hashable, Sendable {
  package let device: UInt64
  package let inode: UInt64
  package let isDirectory: Bool
  package let size: Int
  package let modified: Timestamp
  /// The time of the last change, in nanoseconds since the epoch.
  package let changed: Int64

  package init(device: UInt64, inode: UInt64, isDirectory: Bool = false, size: Int, modified: Timestamp, changed: Int64)
  {
    self.device = device
    self.inode = inode
    self.isDirectory = isDirectory
    self.size = size
    self.modified = modified
    self.changed = changed
  }

  /// Returns how long after this time of change another change may leave it as it is, in nanoseconds.
  ///
  /// Inodes get the time of a clock that moves in steps of at most 10 ms (CONFIG_HZ=100). Some file systems keep only the
  /// seconds of it (ext4 with small inodes), and FAT only every other second.
  package static func step(after changed: Int64) -> Int64 {
    changed % 1_000_000_000 == 0 ? 2_000_000_000 : 20_000_000
  }
}
