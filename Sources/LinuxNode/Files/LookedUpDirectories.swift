import Synchronization

/// A directory that stays open as long as something refers to it.
final class OpenDirectory: Sendable {
  private let file: OpenFile

  var descriptor: Int32 { file.descriptor }

  init(_ file: consuming OpenFile) { self.file = file }
}

/// The directories that one look at the node has opened or not found, so that it resolves the path of each only once.
final class LookedUpDirectories: Sendable {
  /// How many are remembered of those that are there, each of which takes a descriptor, and of those that are not.
  private static let (openLimit, missingLimit) = (6, 32)

  private struct Entry {
    let path: [UInt8]
    let opening: NodeRoot.Opening
  }

  private let entries = Mutex<(open: [Entry], missing: [Entry])>((open: [], missing: []))

  /// Returns the result that was added for the path; nil if there is none, or if too many followed it.
  subscript(_ path: some Collection<UInt8>) -> NodeRoot.Opening? {
    entries.withLock { entries in
      let isSought = { (entry: Entry) in entry.path.elementsEqual(path) }
      return (entries.open.last(where: isSought) ?? entries.missing.last(where: isSought))?.opening
    }
  }

  /// Adds a result. One that is unclear is not worth remembering.
  func add(_ opening: NodeRoot.Opening, at path: some Collection<UInt8>) {
    let entry = Entry(path: Array(path), opening: opening)
    entries.withLock { entries in
      switch opening {
      case .open:
        if entries.open.count == Self.openLimit { entries.open.removeFirst() }
        entries.open.append(entry)
      case .notThere:
        if entries.missing.count == Self.missingLimit { entries.missing.removeFirst() }
        entries.missing.append(entry)
      case .unclear: break
      }
    }
  }
}
