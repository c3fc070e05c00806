import Glibc
import Linux
import NodeAgent

/// The names in a directory, left where getdents(2) put them, so that sorting twenty thousand names creates no strings.
struct EntryNames {
  private static let bufferSize = 64 * 1024
  /// Offsets in struct linux_dirent64: the record's length, its type, and the name, which ends with NUL.
  private static let lengthOffset = 16
  private static let typeOffset = 18
  private static let nameOffset = 19
  /// DT_LNK
  private static let link: UInt8 = 10

  private var records: [UInt8] = []
  /// The offset in `records` at which each name begins.
  private var names: [Int] = []
  /// Whether the directory holds more names than `MemoryBudget.names` allows.
  private(set) var isCut = false

  /// Reads the rest of an open directory, without `.` and `..`. Throws the error of getdents(2).
  init(of directory: Int32, calls: any FileSystemCalls) throws(Errno) {
    while true {
      var offset = records.count
      let more = try Syscall.bytes(upTo: Self.bufferSize) { calls.getdents64(directory, $0) }
      if more.isEmpty { return }
      guard records.count + more.count <= MemoryBudget.names else {
        isCut = true
        return
      }
      records += more
      while offset < records.count {
        let name = offset + Self.nameOffset
        if !isSelfOrParent(name) { names.append(name) }
        offset += Int(records[offset + Self.lengthOffset]) | Int(records[offset + Self.lengthOffset + 1]) << 8
      }
    }
  }

  var count: Int { names.count }

  /// The names that are known to be symlinks. Some file systems do not report that.
  var links: [PathComponent] {
    names.filter { records[$0 - Self.nameOffset + Self.typeOffset] == Self.link }
      .map { PathComponent(records[$0...].prefix { $0 != 0 }) }
  }

  /// Calls `body` with each name, in the order of the names' bytes.
  func forEachSorted<Failure>(_ body: (UnsafePointer<CChar>) throws(Failure) -> Void) throws(Failure) {
    try records.withUnsafeBufferPointer { (buffer) throws(Failure) in
      guard let base = UnsafeRawPointer(buffer.baseAddress)?.assumingMemoryBound(to: CChar.self) else { return }
      for name in names.sorted(by: { strcmp(base + $0, base + $1) < 0 }) { try body(base + name) }
    }
  }

  private func isSelfOrParent(_ name: Int) -> Bool {
    guard records[name] == UInt8(ascii: ".") else { return false }
    return records[name + 1] == 0 || (records[name + 1] == UInt8(ascii: ".") && records[name + 2] == 0)
  }
}
