import Glibc
import LinuxNode
import MachineIntent
import NodeAgent
import NodeTesting
import Reconcile

/// A made-up node below a directory that goes with it, and hands to change it with.
final class TemporaryRoot: NodeFiles, ManualChanges {
  let path: String
  let files: LinuxFiles
  /// The root whose tree this look shows; nil if the tree is its own.
  private let lookedAt: TemporaryRoot?

  init(in directory: String = "/tmp", calls: any FileSystemCalls = LinuxCalls()) {
    path = "\(directory)/sctp-agent-test-\(UInt64.random(in: .min ... .max))"
    precondition(mkdir(path, 0o755) == 0)
    files = LinuxFiles(root: path, calls: calls)
    lookedAt = nil
  }

  private init(lookingAt root: TemporaryRoot) {
    path = root.path
    files = root.files.forOneLook()
    lookedAt = root
  }

  deinit { if lookedAt == nil { Self.removeTree(path) } }

  func forOneLook() -> TemporaryRoot { TemporaryRoot(lookingAt: self) }

  func plant(_ path: String, _ contents: [UInt8], mode: FileMode) {
    makeParents(path)
    let file = open(self.path + path, O_WRONLY | O_CREAT | O_TRUNC, mode.rawValue)
    precondition(Glibc.write(file, contents, contents.count) == contents.count)
    precondition(fchmod(file, mode.rawValue) == 0)
    close(file)
  }

  func plantDirectory(_ path: String) {
    makeParents(path)
    precondition(mkdir(self.path + path, 0o755) == 0 || errno == EEXIST)
  }

  func plantLink(_ path: String, to target: String) {
    makeParents(path)
    precondition(symlink(target, self.path + path) == 0)
  }

  func plantFIFO(_ path: String) {
    makeParents(path)
    precondition(mkfifo(self.path + path, 0o644) == 0)
  }

  /// Makes an empty file and returns where it is on this host.
  func plantedPath(_ path: String) -> String {
    plant(path, [], mode: FileMode(0o644))
    return self.path + path
  }

  func takeAway(_ path: String) { Self.removeTree(self.path + path) }

  func read(_ path: String, limit: Int) throws(FileFailure) -> [UInt8]? { try files.read(path, limit: limit) }
  func entry(_ path: String) throws(FileFailure) -> FileEntry? { try files.entry(path) }
  func list(
    _ directory: String, _ scope: ListingScope, while goesOn: () -> Bool
  ) throws(FileFailure) -> DirectoryListing? {
    try files.list(directory, scope, while: goesOn)
  }
  func names(in directory: String) throws(FileFailure) -> [String]? { try files.names(in: directory) }
  func readPieces(of path: String, _ take: ([UInt8]) -> Void) throws(FileFailure) -> Bool {
    try files.readPieces(of: path, take)
  }
  func stamp(_ path: String) throws(FileFailure) -> FileStamp? { try files.stamp(path) }
  func stamps(of names: [String], in directory: String) throws(FileFailure) -> [FileStamp?] {
    try files.stamps(of: names, in: directory)
  }
  func write(_ file: FileWrite, over expected: ExpectedEntry) throws(FileFailure) -> Bool {
    try files.write(file, over: expected)
  }
  @discardableResult
  func append(_ bytes: [UInt8], to path: String) throws(FileFailure) -> FileStamp {
    try files.append(bytes, to: path)
  }
  func remove(_ path: String, expecting expected: ExpectedEntry) throws(FileFailure) -> Bool {
    try files.remove(path, expecting: expected)
  }
  func link(_ path: String, to target: String, over expected: ExpectedEntry) throws(FileFailure) -> Bool {
    try files.link(path, to: target, over: expected)
  }
  func createDirectory(_ path: String) throws(FileFailure) { try files.createDirectory(path) }
  func removeDirectory(_ path: String) throws(FileFailure) { try files.removeDirectory(path) }
  func removeLeftovers(
    in directory: String, keep: (FileEntry) throws(FileFailure) -> Void
  ) throws(FileFailure) -> [String] {
    try files.removeLeftovers(in: directory, keep: keep)
  }
  func lock(_ path: String, timeout: Duration) throws(FileFailure) -> (any FileLock)? {
    try files.lock(path, timeout: timeout)
  }
  func userID(_ name: String) throws(FileFailure) -> UInt32? { try files.userID(name) }
  func groupID(_ name: String) throws(FileFailure) -> UInt32? { try files.groupID(name) }

  private func makeParents(_ path: String) {
    var parent = self.path
    for name in path.split(separator: "/").dropLast() {
      parent += "/\(name)"
      _ = mkdir(parent, 0o755)
    }
  }

  private static func removeTree(_ path: String) {
    if let directory = opendir(path) {
      var status = stat()
      guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
        closedir(directory)
        unlink(path)
        return
      }
      while let entry = readdir(directory) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name != ".", name != ".." { removeTree("\(path)/\(name)") }
      }
      closedir(directory)
    }
    Glibc.remove(path)
  }
}
