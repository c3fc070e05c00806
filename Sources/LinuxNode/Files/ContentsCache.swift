import Glibc
import Linux
import NodeAgent
import Reconcile

/// File contents that need not be read again, by all metadata that the kernel changes together with them.
struct ContentsCache: Sendable {
  /// A larger file is read each time. There are few of them (module indexes), and they need too much memory.
  static let fileLimit = 256 * 1024
  static let totalLimit = MemoryBudget.cache
  /// The number of files that were read one by one, and the sum of their bytes.
  static let singleLimit = 64
  static let singlesLimit = 1024 * 1024

  struct Key: Hashable, Sendable {
    let device: UInt64
    let inode: UInt64
    let size: Int64
    let modified: Int64
    let changed: Int64

    init(_ status: stat) {
      device = UInt64(status.st_dev)
      inode = UInt64(status.st_ino)
      size = Int64(status.st_size)
      modified = Self.nanoseconds(status.st_mtim)
      changed = Self.nanoseconds(status.st_ctim)
    }

    /// Whether a later change is sure to get another time. `now` was read from CLOCK_REALTIME_COARSE before the file was.
    func isSettled(at now: timespec) -> Bool { Self.nanoseconds(now) &- changed > FileStamp.step(after: changed) }

    private static func nanoseconds(_ time: timespec) -> Int64 {
      Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }
  }

  /// The contents of one listing. `list` replaces all of them, so files that are no longer listed are forgotten.
  typealias Generation = [Key: [UInt8]]

  private var directories: [String: Generation] = [:]
  private var singles: Generation = [:]
  private var singlesTotal = 0
  private var total = 0

  /// Removes the directory's generation and returns it; `keep` stores the next one.
  mutating func take(_ directory: String) -> Generation {
    guard let generation = directories.removeValue(forKey: directory) else { return [:] }
    total -= generation.values.reduce(0) { $0 + $1.count }
    return generation
  }

  mutating func keep(_ directory: String, _ generation: Generation) {
    let size = generation.values.reduce(0) { $0 + $1.count }
    guard total + size <= Self.totalLimit else { return }
    total += size
    directories[directory] = generation
  }

  func single(_ key: Key) -> [UInt8]? { singles[key] }

  mutating func keepSingle(_ key: Key, _ contents: [UInt8]) {
    if singles.count >= Self.singleLimit || singlesTotal + contents.count > Self.singlesLimit {
      singles = [:]
      singlesTotal = 0
    }
    singles[key] = contents
    singlesTotal += contents.count
  }
}
