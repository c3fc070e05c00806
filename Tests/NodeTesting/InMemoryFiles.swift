package import MachineIntent
package import NodeAgent
package import Reconcile
import Synchronization

/// A node's files in a dictionary; held to the same contract as `LinuxFiles`.
package final class InMemoryFiles: NodeFiles, ManualChanges {
  struct Node {
    enum Body {
      case file([UInt8])
      case link(String)
      case directory
      case fifo
    }

    var body: Body
    var mode: FileMode
    var account = Account.root
    var inode: UInt64 = 0
    var changed: Int64 = 0
  }

  struct State {
    /// The nodes by absolute path without links or trailing slash; the root is "".
    var nodes: [String: Node] = ["": Node(body: .directory, mode: FileMode(0o755))]
    var failures: [Fault: FileFailure] = [:]
    var changes: [String] = []
    var clock: Int64 = 0
    /// The locks by path; whoever holds one has the lock.
    var locks: [String: UInt64] = [:]
  }

  private final class Lock: FileLock {
    let files: InMemoryFiles
    let path: String
    let inode: UInt64

    init(_ files: InMemoryFiles, _ path: String, inode: UInt64) {
      self.files = files
      self.path = path
      self.inode = inode
    }

    deinit {
      files.state.withLock { [path, inode] state in
        if state.locks[path] == inode { state.locks[path] = nil }
      }
    }

    var isInPlace: Bool { files.state.withLock { $0.nodes[path]?.inode == inode } }

    func write(_ bytes: [UInt8]) { files.state.withLock { $0.nodes[path]?.body = .file(bytes) } }
  }

  struct Fault: Hashable {
    let operation: FileFailure.Operation
    let path: String
  }

  private let state = Mutex(State())

  package init() {}

  /// What was written, appended, linked or removed, in order: `write /etc/modprobe.d/sctp-blacklist.conf`.
  package var changes: [String] { state.withLock { $0.changes } }

  /// Makes the operation on the path fail until `failure` is nil.
  package func fail(_ operation: FileFailure.Operation, _ path: String, with failure: FileFailure?) {
    state.withLock { $0.failures[Fault(operation: operation, path: path)] = failure }
  }

  package func read(_ path: String, limit: Int) throws(FileFailure) -> [UInt8]? {
    try attempt(.read, path) { (state) throws(FileFailure) in
      guard let (_, node) = try state.find(path, followLast: true, .read) else { return nil }
      switch node.body {
      case .file(let bytes):
        guard bytes.count <= limit else {
          throw FileFailure(.read, path, errno: 27, reason: .tooLarge, message: "EFBIG")
        }
        return bytes
      case .directory: throw FileFailure(.read, path, errno: 21, reason: .isDirectory, message: "EISDIR")
      case .link, .fifo: throw FileFailure(.read, path, errno: 6, reason: .fileFailure, message: "ENXIO")
      }
    }
  }

  package func entry(_ path: String) throws(FileFailure) -> FileEntry? {
    try attempt(.read, path) { (state) throws(FileFailure) in
      guard let (_, node) = try state.find(path, followLast: false, .read) else { return nil }
      return state.entry(path, node)
    }
  }

  package func list(
    _ directory: String, _ scope: ListingScope, while goesOn: () -> Bool
  ) throws(FileFailure) -> DirectoryListing? {
    let listing = try attempt(.list, directory) { (state) throws(FileFailure) -> DirectoryListing? in
      guard let (place, node) = try state.find(directory, followLast: true, .list) else { return nil }
      guard case .directory = node.body else {
        throw FileFailure(.list, directory, errno: 20, reason: .notDirectory, message: "not a directory (ENOTDIR)")
      }
      var isSymlink = false
      if let (_, node) = try state.find(directory, followLast: false, .list), case .link = node.body {
        isSymlink = true
      }
      let names = state.nodes.keys.filter { $0.hasPrefix(place + "/") }.map { $0.dropFirst(place.count + 1) }
        .filter { !$0.contains("/") }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
      let prefix = directory.hasSuffix("/") ? directory : directory + "/"
      let entries = names.filter { scope.isWanted(String($0)) }.compactMap { name in
        state.nodes["\(place)/\(name)"].map { state.entry(prefix + name, $0) }
      }
      return DirectoryListing(path: directory, isSymlink: isSymlink, entries: entries)
    }
    return listing.map { whole in
      DirectoryListing(
        path: whole.path, isSymlink: whole.isSymlink, entries: Array(whole.entries.prefix { _ in goesOn() }))
    }
  }

  package func names(in directory: String) throws(FileFailure) -> [String]? { try list(directory)?.entries.map(\.name) }

  package func readPieces(of path: String, _ take: ([UInt8]) -> Void) throws(FileFailure) -> Bool {
    guard var bytes = try read(path, limit: .max)?[...] else { return false }
    while !bytes.isEmpty {
      take(Array(bytes.prefix(61)))
      bytes = bytes.dropFirst(61)
    }
    return true
  }

  package func stamp(_ path: String) throws(FileFailure) -> FileStamp? {
    try attempt(.read, path) { (state) throws(FileFailure) in
      guard let (place, node) = try state.find(path, followLast: true, .read) else { return nil }
      return Self.stamp(of: node, at: place, in: state)
    }
  }

  private static func stamp(of node: Node, at place: String, in state: State) -> FileStamp {
    var (size, changed) = (0, node.changed * 1_000_000)
    var isDirectory = false
    switch node.body {
    case .file(let bytes): size = bytes.count
    case .directory:
      isDirectory = true
      // A new entry has a new inode.
      for (child, entry) in state.nodes
      where child.hasPrefix(place + "/") && !child.dropFirst(place.count + 1).contains("/") {
        changed &+= Int64(entry.inode)
      }
    case .link, .fifo: break
    }
    return FileStamp(
      device: 1, inode: node.inode, isDirectory: isDirectory, size: size,
      modified: Timestamp(milliseconds: node.changed), changed: changed)
  }

  package func write(_ file: FileWrite, over expected: ExpectedEntry) throws(FileFailure) -> Bool {
    let node = Node(body: .file(file.contents), mode: file.mode, account: file.account)
    return try replace(file.path, node, "write", over: expected)
  }

  package func link(_ path: String, to target: String, over expected: ExpectedEntry) throws(FileFailure) -> Bool {
    try replace(path, Node(body: .link(target), mode: FileMode(0o777)), "link", over: expected)
  }

  @discardableResult
  package func append(_ bytes: [UInt8], to path: String) throws(FileFailure) -> FileStamp {
    try attempt(.append, path) { (state) throws(FileFailure) in
      guard let place = try state.target(.append, path) else {
        throw FileFailure(.append, path, errno: 2, reason: .notFound, message: "no such directory (ENOENT)")
      }
      var node = state.nodes[place] ?? Node(body: .file([]), mode: FileMode(0o600))
      guard case .file(let old) = node.body else {
        throw FileFailure(.append, path, errno: 6, reason: .fileFailure, message: "not a file (ENXIO)")
      }
      node.body = .file(old + bytes)
      state.put(place, node)
      state.changes.append("append \(path)")
      return Self.stamp(of: state.nodes[place] ?? node, at: place, in: state)
    }
  }

  package func remove(_ path: String, expecting expected: ExpectedEntry) throws(FileFailure) -> Bool {
    try attempt(.remove, path) { (state) throws(FileFailure) in
      guard let place = try state.target(.remove, path), let node = state.nodes[place] else { return true }
      if case .directory = node.body {
        throw FileFailure(.remove, path, errno: 21, reason: .isDirectory, message: "it is a directory (EISDIR)")
      }
      guard state.holds(expected, at: path, place) else { return false }
      state.nodes[place] = nil
      state.changes.append("remove \(path)")
      return true
    }
  }

  package func createDirectory(_ path: String) throws(FileFailure) {
    try attempt(.createDirectory, path) { (state) throws(FileFailure) in
      var parent = ""
      for name in path.split(separator: "/") {
        parent += "/\(name)"
        if let (_, node) = try state.find(parent, followLast: true, .createDirectory) {
          guard case .directory = node.body else {
            throw FileFailure(.createDirectory, path, errno: 20, reason: .notDirectory, message: "ENOTDIR")
          }
          continue
        }
        guard let place = try state.target(.createDirectory, parent) else { continue }
        state.put(place, Node(body: .directory, mode: FileMode(parent == path ? 0o700 : 0o755)))
      }
    }
  }

  package func removeDirectory(_ path: String) throws(FileFailure) {
    try attempt(.remove, path) { (state) throws(FileFailure) in
      guard let place = try state.target(.remove, path), let node = state.nodes[place] else { return }
      guard case .directory = node.body else {
        throw FileFailure(.remove, path, errno: 20, reason: .notDirectory, message: "ENOTDIR")
      }
      guard !state.nodes.keys.contains(where: { $0.hasPrefix("\(place)/") }) else { return }
      state.nodes[place] = nil
    }
  }

  package func removeLeftovers(
    in directory: String, keep: (FileEntry) throws(FileFailure) -> Void
  ) throws(FileFailure) -> [String] {
    let leftovers = try list(directory)?.entries.filter {
      $0.name.hasPrefix(".sctp-agent.") && $0.name.hasSuffix(".tmp")
    }
    for entry in leftovers ?? [] {
      if entry.kind == .regular, entry.mode != FileMode(0o200) { try keep(entry) }
      takeAway(entry.path)
    }
    return leftovers?.map(\.path) ?? []
  }

  package func lock(_ path: String, timeout: Duration) throws(FileFailure) -> (any FileLock)? {
    let inode = try attempt(.lock, path) { (state) throws(FileFailure) -> UInt64? in
      guard let place = try state.target(.lock, path) else {
        throw FileFailure(.lock, path, errno: 2, reason: .notFound, message: "no such directory (ENOENT)")
      }
      if state.nodes[place] == nil { state.put(place, Node(body: .file([]), mode: FileMode(0o600))) }
      guard let node = state.nodes[place], case .file = node.body else {
        throw FileFailure(.lock, path, errno: 6, reason: .fileFailure, message: "not a file (ENXIO)")
      }
      guard state.locks[place] != node.inode else { return nil }
      state.locks[place] = node.inode
      return node.inode
    }
    return inode.map { Lock(self, path, inode: $0) }
  }

  package func userID(_ name: String) throws(FileFailure) -> UInt32? { try number(name, "passwd") }

  package func groupID(_ name: String) throws(FileFailure) -> UInt32? { try number(name, "group") }

  package func plant(_ path: String, _ contents: [UInt8], mode: FileMode) {
    plant(path, Node(body: .file(contents), mode: mode))
  }

  package func plantDirectory(_ path: String) { plant(path, Node(body: .directory, mode: FileMode(0o755))) }

  package func plantLink(_ path: String, to target: String) {
    plant(path, Node(body: .link(target), mode: FileMode(0o777)))
  }

  package func plantFIFO(_ path: String) { plant(path, Node(body: .fifo, mode: FileMode(0o644))) }

  package func takeAway(_ path: String) {
    state.withLock { state in
      state.nodes = state.nodes.filter { $0.key != path && !$0.key.hasPrefix(path + "/") }
    }
  }

  /// Makes the directories on the way.
  private func plant(_ path: String, _ node: Node) {
    state.withLock { state in
      var parent = ""
      for name in path.split(separator: "/").dropLast() {
        parent += "/\(name)"
        if state.nodes[parent] == nil { state.put(parent, Node(body: .directory, mode: FileMode(0o755))) }
      }
      state.put(path, node)
    }
  }

  private func replace(
    _ path: String, _ node: Node, _ verb: String, over expected: ExpectedEntry
  ) throws(FileFailure) -> Bool {
    try attempt(.write, path) { (state) throws(FileFailure) in
      guard let place = try state.target(.write, path) else {
        throw FileFailure(.write, path, errno: 2, reason: .notFound, message: "no such directory (ENOENT)")
      }
      if let old = state.nodes[place], case .directory = old.body {
        throw FileFailure(.write, path, errno: 21, reason: .isDirectory, message: "it is a directory (EISDIR)")
      }
      guard state.holds(expected, at: path, place) else { return false }
      state.put(place, node)
      state.changes.append("\(verb) \(path)")
      return true
    }
  }

  private func number(_ name: String, _ database: String) throws(FileFailure) -> UInt32? {
    for directory in ["/etc", "/usr/lib"] {
      guard let bytes = try read("\(directory)/\(database)", limit: .max) else { continue }
      for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
        let fields = line.split(separator: ":", omittingEmptySubsequences: false)
        if fields.count >= 3, fields[0] == name, let number = UInt32(fields[2]) { return number }
      }
    }
    return nil
  }

  private func attempt<Value>(
    _ operation: FileFailure.Operation, _ path: String, _ body: (inout State) throws(FileFailure) -> Value
  ) throws(FileFailure) -> Value {
    let result = state.withLock { state -> Result<Value, FileFailure> in
      if let failure = state.failures[Fault(operation: operation, path: path)] { return .failure(failure) }
      do throws(FileFailure) {
        return .success(try body(&state))
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }
}
