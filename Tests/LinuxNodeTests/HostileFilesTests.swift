import Glibc
import LinuxNode
import MachineIntent
import Modprobe
import NodeAgent
import NodeTesting
import Reconcile
import Testing

/// What others leave in the way of a write, beyond the contract of the port.
@Suite struct HostileFilesTests {
  private static let path = "/etc/modprobe.d/a.conf"

  private static let needsMounts: ConditionTrait = .enabled(
    if: MountNamespace.isAllowed, "needs the right to mount (root)")

  private static func file(_ text: String, _ path: String = path) -> FileWrite {
    FileWrite(path: path, contents: Array(text.utf8), mode: FileMode(0o644), account: .root)
  }

  private static func failure(_ body: () throws(FileFailure) -> Void) -> FileFailure? {
    do throws(FileFailure) {
      try body()
      return nil
    } catch {
      return error
    }
  }

  @Test func aHardLinkIsCutAndItsOtherNameKeepsTheBytes() throws {
    let root = TemporaryRoot()
    root.plant("/etc/other", "old")
    root.plantDirectory("/etc/modprobe.d")
    precondition(Glibc.link(root.path + "/etc/other", root.path + Self.path) == 0)
    #expect(try root.entry(Self.path)?.linkCount == 2)
    try root.write(Self.file("new"))
    #expect(try root.entry(Self.path)?.linkCount == 1)
    #expect(try root.read("/etc/other", limit: 10) == Array("old".utf8))
  }

  @Test(
    .enabled(if: ImmutableFlag.isAllowed, "needs a /tmp whose files can be made immutable, and root"),
    arguments: [path, "/etc/modprobe.d"])
  func anImmutableFileOrDirectoryIsNamedAsSuch(_ immutable: String) throws {
    let root = TemporaryRoot()
    root.plant(Self.path, "old")
    precondition(ImmutableFlag.change(root.path + immutable, to: true))
    let failures = [
      Self.failure { () throws(FileFailure) in try root.write(Self.file("new")) },
      Self.failure { () throws(FileFailure) in try root.remove(Self.path) },
    ]
    precondition(ImmutableFlag.change(root.path + immutable, to: false))
    #expect(failures.map { $0?.reason } == [.immutable, .immutable])
    #expect(failures[0]?.message.contains("chattr -ia '\(immutable)'") == true)
    #expect(try root.list("/etc/modprobe.d")?.entries.map(\.contents) == [Array("old".utf8)])
    try root.write(Self.file("new"))
    #expect(try root.read(Self.path, limit: 10) == Array("new".utf8))
  }

  @Test(
    .enabled(if: ImmutableFlag.isAllowed, "needs a /tmp whose files can be made immutable, and root"),
    arguments: [ImmutableFlag.immutable, ImmutableFlag.appendOnly])
  func `an immutable directory in which no directory can be made is named as such`(_ flag: UInt32) throws {
    let root = TemporaryRoot()
    root.plantDirectory("/var/lib")
    precondition(ImmutableFlag.change(root.path + "/var/lib", to: true, flag))
    let failure = Self.failure { () throws(FileFailure) in try root.createDirectory("/var/lib/sctp-agent/originals") }
    precondition(ImmutableFlag.change(root.path + "/var/lib", to: false, flag))
    // An append-only directory takes new entries.
    guard flag == ImmutableFlag.immutable else { return #expect(failure == nil) }
    #expect(failure?.reason == .immutable)
    #expect(
      failure.map { "\($0)" }?.contains(
        "failed to create directory '/var/lib/sctp-agent': '/var/lib' is immutable or append-only (EPERM); run: chattr -ia '/var/lib'"
      ) == true)
    try root.createDirectory("/var/lib/sctp-agent/originals")
  }

  @Test(.enabled(if: ImmutableFlag.isAllowed, "needs a /tmp whose files can be made immutable, and root"))
  func `a link on the way to a directory that cannot be made is not taken for the reason`() {
    let root = TemporaryRoot()
    root.plantDirectory("/data")
    root.plantLink("/var/lib", to: "/data")
    precondition(ImmutableFlag.change(root.path + "/data", to: true))
    let failure = Self.failure { () throws(FileFailure) in try root.createDirectory("/var/lib/sctp-agent/originals") }
    precondition(ImmutableFlag.change(root.path + "/data", to: false))
    #expect(failure?.errno == EPERM)
    #expect(failure?.reason != .symlinkedDirectory)
  }

  @Test(.enabled(if: ImmutableFlag.isAllowed, "needs a /tmp whose files can be made append-only, and root"))
  func `an append-only directory gets no temporary files`() throws {
    let root = TemporaryRoot()
    root.plant(Self.path, "old")
    let directory = root.path + "/etc/modprobe.d"
    precondition(ImmutableFlag.change(directory, to: true, ImmutableFlag.appendOnly))
    let failures = (0..<3).map { _ in
      Self.failure { () throws(FileFailure) in try root.write(Self.file("new")) }
    }
    let names = try root.names(in: "/etc/modprobe.d")
    precondition(ImmutableFlag.change(directory, to: false, ImmutableFlag.appendOnly))
    #expect(failures.map { $0?.reason } == [.immutable, .immutable, .immutable])
    #expect(names == ["a.conf"])
  }

  @Test(needsMounts) func aReadOnlyMountIsSaidAndRecoveredFrom() {
    let root = TemporaryRoot()
    root.plant(Self.path, "old")
    let node = root
    MountNamespace.run {
      #expect(MountNamespace.makeReadOnly(node.path + "/etc/modprobe.d"))
      let failure = Self.failure { () throws(FileFailure) in try node.write(Self.file("new")) }
      #expect(failure?.reason == .readOnly && failure?.errno == EROFS)
      #expect(MountNamespace.makeWritable(node.path + "/etc/modprobe.d"))
      #expect(Self.failure { () throws(FileFailure) in try node.write(Self.file("new")) } == nil)
    }
  }

  @Test(needsMounts, arguments: ["size=64k", "nr_inodes=3"])
  func aFullFileSystemIsSaidAndLeavesNothing(_ options: String) {
    let root = TemporaryRoot()
    root.plantDirectory("/etc/modprobe.d")
    let node = root
    MountNamespace.run {
      #expect(MountNamespace.mountTemporary(node.path + "/etc/modprobe.d", options: options))
      node.plant(Self.path, "old")
      node.plant("/etc/modprobe.d/filler", "")
      let filler = open(node.path + "/etc/modprobe.d/filler", O_WRONLY)
      let block = [UInt8](repeating: 0, count: 4096)
      for _ in 0..<64 where write(filler, block, block.count) < 0 { break }
      close(filler)
      let large = String(repeating: "x", count: 8192)
      let failure = Self.failure { () throws(FileFailure) in try node.write(Self.file(large)) }
      #expect(failure?.reason == .noSpace && failure?.errno == ENOSPC)
      let entries = (try? node.list("/etc/modprobe.d"))?.entries
      #expect(entries?.map(\.name) == ["a.conf", "filler"])
      #expect(entries?.first?.contents == Array("old".utf8))
      node.takeAway("/etc/modprobe.d/filler")
      #expect(Self.failure { () throws(FileFailure) in try node.write(Self.file(large)) } == nil)
    }
  }

  @Test func aDirectoryThatVanishesIsSaidAndRecoveredFrom() throws {
    let root = TemporaryRoot()
    root.plant(Self.path, "old")
    root.takeAway("/etc/modprobe.d")
    #expect(Self.failure { () throws(FileFailure) in try root.write(Self.file("new")) }?.reason == .notFound)
    #expect(try root.list("/etc/modprobe.d") == nil)
    root.plantDirectory("/etc/modprobe.d")
    try root.write(Self.file("new"))
    #expect(try root.read(Self.path, limit: 10) == Array("new".utf8))
  }

  @Test(arguments: ["/etc/modprobe.d/..", "/etc/modprobe.d/.", "/etc/modprobe.d/", "/etc/modprobe.d/a\0b", ""])
  func aPathThatNamesNoFileIsRefused(_ path: String) {
    let root = TemporaryRoot()
    root.plantDirectory("/etc/modprobe.d")
    #expect(Self.failure { () throws(FileFailure) in try root.write(Self.file("x", path)) } != nil)
    #expect(Self.failure { () throws(FileFailure) in try root.remove(path) } != nil)
  }

  @Test func aPathWithANULLeadsToNoOtherFile() throws {
    let root = TemporaryRoot()
    root.plant("/etc/modprobe.d/a", "a")
    for path in ["/etc/modprobe.d/a\0b", "/etc/modprobe.d\0b/a"] {
      #expect(Self.failure { () throws(FileFailure) in _ = try root.read(path, limit: 10) }?.errno == EINVAL)
      #expect(Self.failure { () throws(FileFailure) in _ = try root.entry(path) }?.errno == EINVAL)
    }
  }

  @Test func aNameThatIsNoTextIsReadAndNeverWritten() throws {
    let root = TemporaryRoot()
    root.plantDirectory("/etc/modprobe.d")
    let name = Array((root.path + "/etc/modprobe.d/").utf8CString.dropLast()) + [-1, 46, 99, 0]
    close(open(name, O_WRONLY | O_CREAT, 0o644))
    let entry = try #require(try root.list("/etc/modprobe.d")?.entries.first)
    #expect(entry.contents == [])
    let failure = Self.failure { () throws(FileFailure) in try root.write(Self.file("x", entry.path)) }
    #expect(failure?.message.contains("UTF-8") == true)
    #expect(try root.list("/etc/modprobe.d")?.entries.count == 1)
    unlink(name)
  }

  @Test func `what others may not read is known, also behind a link and in a closed directory`() throws {
    let root = TemporaryRoot()
    root.plant("/etc/modprobe.d/a.conf", "a")
    root.plant("/etc/modprobe.d/b.conf", Array("b".utf8), mode: FileMode(0o640))
    root.plant("/secret.conf", Array("c".utf8), mode: FileMode(0o600))
    root.plantLink("/etc/modprobe.d/c.conf", to: "/secret.conf")
    root.plant("/closed/d.conf", "d")
    root.plantLink("/etc/modprobe.d/d.conf", to: "../../closed/d.conf")
    root.plantLink("/etc/modprobe.d/e.conf", to: "a.conf")
    precondition(chmod(root.path + "/closed", 0o750) == 0)
    func isPrivate() throws -> [Bool] {
      try root.list("/etc/modprobe.d")?.dropIns(hidesByName: false).map(\.isPrivate) ?? []
    }
    #expect(try isPrivate() == [false, true, true, true, false])
    precondition(chmod(root.path + "/etc/modprobe.d", 0o700) == 0)
    #expect(try isPrivate() == [true, true, true, true, true])
  }

  @Test func `what lies below a directory that is closed to others is private, however a link leads there`() throws {
    let root = TemporaryRoot()
    root.plant("/closed/open/deep/a.conf", "a")
    root.plant("/public/b.conf", "b")
    root.plantLink("/closed/b.conf", to: "/public/b.conf")
    root.plantLink("/etc/modprobe.d/a.conf", to: "/closed/open/deep/a.conf")
    root.plantLink("/etc/modprobe.d/b.conf", to: "/closed/b.conf")
    root.plantLink("/run/modprobe.d", to: "/closed/open/deep")
    precondition(chmod(root.path + "/closed", 0o700) == 0)
    func isPrivate(_ directory: String) throws -> [Bool] {
      try root.list(directory)?.dropIns(hidesByName: false).map(\.isPrivate) ?? []
    }
    // Everybody can read the second one by its own path.
    #expect(try isPrivate("/etc/modprobe.d") == [true, false])
    #expect(try isPrivate("/run/modprobe.d") == [true])
    precondition(chmod(root.path + "/closed", 0o711) == 0)
    #expect(try isPrivate("/etc/modprobe.d") == [false, false])
    #expect(try isPrivate("/run/modprobe.d") == [false])
  }

  @Test func `names that are not UTF-8 and differ stay different`() throws {
    let root = TemporaryRoot()
    root.plantDirectory("/etc/modprobe.d")
    let directory = Array((root.path + "/etc/modprobe.d/").utf8CString.dropLast())
    // Half of an é, then a whole one.
    let names: [[UInt8]] = [[0xC3, 0x61], [0xC3, 0xA9], [0xFE, 0x61], [0xFF, 0x61]]
    let paths = names.map { directory + $0.map { CChar(bitPattern: $0) } + [0] }
    for path in paths { close(open(path, O_WRONLY | O_CREAT, 0o644)) }
    #expect(try root.names(in: "/etc/modprobe.d") == ["\u{FFFD}c3a", "é", "\u{FFFD}fea", "\u{FFFD}ffa"])
    #expect(try root.list("/etc/modprobe.d")?.entries.map(\.name) == root.names(in: "/etc/modprobe.d"))
    for path in paths { unlink(path) }
  }

  @Test func aLinkWhoseNameIsNoTextIsFollowed() throws {
    let root = TemporaryRoot()
    root.plant("/etc/rules", "blacklist sctp\n")
    root.plantDirectory("/etc/modprobe.d")
    let name = Array((root.path + "/etc/modprobe.d/").utf8CString.dropLast()) + [-1, 46, 99, 111, 110, 102, 0]
    precondition(symlink("../rules", name) == 0)
    let entry = try #require(try root.list("/etc/modprobe.d")?.entries.first)
    #expect(entry.kind == .symlink(to: "../rules"))
    #expect(entry.contents == Array("blacklist sctp\n".utf8))
    unlink(name)
  }

  @Test func whatLooksLikeProcfsIsReadAnewEachTime() throws {
    let files = LinuxFiles(root: "/proc")
    // It counts the reads of this process.
    let first = try #require(try files.read("/self/io", limit: 4096))
    #expect(try files.read("/self/io", limit: 4096) != first)
  }

  @Test func aQuickChangeOfTheSameSizeIsSeen() throws {
    let root = TemporaryRoot()
    for turn in 0..<200 {
      let text = turn.isMultiple(of: 2) ? "even" : "odd!"
      root.plant(Self.path, text)
      #expect(try root.list("/etc/modprobe.d")?.entries.first?.contents == Array(text.utf8))
      #expect(try root.entry(Self.path)?.contents == Array(text.utf8))
    }
  }

  @Test func anUnchangedFileIsNotReadAgain() throws {
    // The files of this repository are older than the clock's tick.
    let sources = #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined()
    let calls = RecordingCalls()
    let files = LinuxFiles(root: sources, calls: calls)
    let first = try #require(try files.list("/Sources/LinuxNode"))
    #expect(first.entries.count > 10)
    calls.clear()
    #expect(try files.list("/Sources/LinuxNode") == first)
    #expect(!calls.calls.contains { $0.name == "read" })
    #expect(calls.calls.count { $0.name == "fstatat" } == first.entries.count + 1)
    _ = try files.entry("/Package.swift")
    calls.clear()
    _ = try files.entry("/Package.swift")
    #expect(!calls.calls.contains { $0.name == "read" })
  }
}
