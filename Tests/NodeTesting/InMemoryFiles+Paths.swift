import MachineIntent
import NodeAgent
import Reconcile

extension InMemoryFiles.State {
  /// The path without links and what is there; nil: nothing.
  func find(
    _ path: String, followLast: Bool, _ operation: FileFailure.Operation
  ) throws(FileFailure) -> (path: String, node: InMemoryFiles.Node)? {
    var place = ""
    var pending = Array(path.split(separator: "/").map(String.init).reversed())
    var links = 0
    while let name = pending.popLast() {
      if name == "." { continue }
      if name == ".." {
        place = String(place[..<(place.lastIndex(of: "/") ?? place.startIndex)])
        continue
      }
      guard let node = nodes["\(place)/\(name)"] else { return nil }
      switch node.body {
      case .link(let target) where !pending.isEmpty || followLast:
        links += 1
        guard links <= 40 else {
          throw FileFailure(operation, path, errno: 40, reason: .fileFailure, message: "too many links (ELOOP)")
        }
        if target.hasPrefix("/") { place = "" }
        pending += target.split(separator: "/").map(String.init).reversed()
      case .directory: place += "/\(name)"
      case .file, .link, .fifo:
        guard pending.isEmpty else {
          throw FileFailure(operation, path, errno: 20, reason: .notDirectory, message: "not a directory (ENOTDIR)")
        }
        return ("\(place)/\(name)", node)
      }
    }
    return nodes[place].map { (place, $0) }
  }

  /// The path to change, with its parent free of links; nil: no parent.
  func target(_ operation: FileFailure.Operation, _ path: String) throws(FileFailure) -> String? {
    guard let slash = path.lastIndex(of: "/"),
      let parent = try find(String(path[..<slash]), followLast: false, operation)
    else { return nil }
    switch parent.node.body {
    case .directory: return parent.path + path[slash...]
    case .link:
      throw FileFailure(operation, path, errno: 0, reason: .symlinkedDirectory, message: "the directory is a link")
    case .file, .fifo:
      throw FileFailure(operation, path, errno: 20, reason: .notDirectory, message: "not a directory (ENOTDIR)")
    }
  }

  /// Whether what is at the place is what is expected there.
  func holds(_ expected: ExpectedEntry, at path: String, _ place: String) -> Bool {
    guard case .exactly(let entry) = expected else { return true }
    guard let node = nodes[place], let entry else { return nodes[place] == nil && entry == nil }
    return self.entry(path, node).isSameFile(as: entry)
  }

  func entry(_ path: String, _ node: InMemoryFiles.Node) -> FileEntry {
    var contents: [UInt8]?
    var failure: FileFailure?
    let kind: FileEntry.Kind
    switch node.body {
    case .file(let bytes): (kind, contents) = (.regular, bytes)
    case .directory: kind = .directory
    case .fifo: kind = .fifo
    case .link(let target):
      kind = .symlink(to: target)
      do throws(FileFailure) {
        switch try find(path, followLast: true, .read)?.node.body {
        case .file(let bytes): contents = bytes
        case .directory, .fifo, .link, nil: break
        }
      } catch {
        failure = error
      }
    }
    return FileEntry(
      path: path, kind: kind, mode: node.mode, account: node.account, contents: contents, failure: failure)
  }

  /// Puts a node with another inode and a later time, as a change does.
  mutating func put(_ path: String, _ node: InMemoryFiles.Node) {
    clock += 1
    var node = node
    node.inode = UInt64(clock)
    node.changed = clock
    nodes[path] = node
  }
}
