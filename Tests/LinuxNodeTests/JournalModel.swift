/// What a directory may hold after a power cut, on a file system with a journal: changes of names come in order and may
/// be lost from the end; bytes of a file come in any order, or not at all, until they are synced.
///
/// That is ext4 and XFS without the mercy of `auto_da_alloc`, the weakest behaviour that they document.
struct JournalModel {
  private struct Inode {
    var bytes: [UInt8]
    /// So many are surely on the disk.
    var synced: Int
  }

  private enum NameChange {
    case put(String, inode: Int)
    case rename(String, to: String)
    case exchange(String, with: String)
    case remove(String)
  }

  private var inodes: [Inode]
  /// What surely is on the disk.
  private var durable: [String: Int]
  /// What may be, of which any number from the front is.
  private var pending: [NameChange] = []
  private var open: [String: Int] = [:]

  init(holding files: [String: [UInt8]]) {
    inodes = []
    durable = [:]
    for (name, bytes) in files {
      durable[name] = inodes.count
      inodes.append(Inode(bytes: bytes, synced: bytes.count))
    }
    open = durable
  }

  mutating func apply(_ call: RecordingCalls.Call) {
    switch call.name {
    case "openat" where call.creates && open[call.object] == nil:
      open[call.object] = inodes.count
      pending.append(.put(call.object, inode: inodes.count))
      inodes.append(Inode(bytes: [], synced: 0))
    case "write":
      guard let inode = open[call.object] else { return }
      inodes[inode].bytes += call.bytes
    case "fsync":
      // The journal is written up to here, whichever file asked for it.
      durable = Self.apply(pending[...], to: durable)
      pending = []
      if let inode = open[call.object] { inodes[inode].synced = inodes[inode].bytes.count }
    case "renameat":
      pending.append(.rename(call.object, to: call.target))
      open[call.target] = open.removeValue(forKey: call.object)
    case "exchange":
      pending.append(.exchange(call.object, with: call.target))
      (open[call.object], open[call.target]) = (open[call.target], open[call.object])
    case "unlinkat":
      pending.append(.remove(call.object))
      open[call.object] = nil
    default: break
    }
  }

  /// Every set of names that may be there after a power cut now, with all that each may hold.
  var states: [[String: [[UInt8]]]] {
    (0...pending.count).map { count in
      Self.apply(pending[..<count], to: durable).mapValues { inode in
        let (bytes, synced) = (inodes[inode].bytes, inodes[inode].synced)
        let (safe, rest) = (Array(bytes[..<synced]), bytes[synced...])
        // Nothing of the rest, a part, zeros where the size came before the bytes, or all.
        return rest.isEmpty ? [bytes] : [safe, safe + rest.dropLast(), safe + rest.map { _ in 0 }, bytes]
      }
    }
  }

  private static func apply(_ changes: ArraySlice<NameChange>, to names: [String: Int]) -> [String: Int] {
    changes.reduce(into: names) { names, change in
      switch change {
      case .put(let name, let inode): names[name] = inode
      case .rename(let name, let target): names[target] = names.removeValue(forKey: name)
      case .exchange(let first, let second): (names[first], names[second]) = (names[second], names[first])
      case .remove(let name): names[name] = nil
      }
    }
  }
}
