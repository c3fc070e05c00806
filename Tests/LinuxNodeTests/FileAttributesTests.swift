import Glibc
import LinuxNode
import MachineIntent
import NodeAgent
import NodeTesting
import Reconcile
import Testing

// Not in Swift's Glibc module: setxattr(2).
@_silgen_name("setxattr") private func c_setxattr(
  _ path: UnsafePointer<CChar>, _ name: UnsafePointer<CChar>, _ value: UnsafeRawPointer?, _ size: Int, _ flags: Int32
) -> Int32

/// Extended attributes and ACLs of the files that the agent replaces.
@Suite struct FileAttributesTests {
  private static let path = "/etc/modprobe.d/a.conf"
  /// user::rw-, user:1000:rw-, group::r--, mask::rw-, other::r--
  private static let list = accessList([(1, 6, .max), (2, 6, 1000), (4, 4, .max), (16, 6, .max), (32, 4, .max)])

  /// acl(5) as the kernel takes it: posix_acl_xattr.h.
  private static func accessList(_ entries: [(tag: UInt16, permissions: UInt16, id: UInt32)]) -> [UInt8] {
    func bytes(_ value: some FixedWidthInteger) -> [UInt8] { withUnsafeBytes(of: value.littleEndian, Array.init) }
    return bytes(UInt32(2)) + entries.flatMap { bytes($0.tag) + bytes($0.permissions) + bytes($0.id) }
  }

  private static func set(_ name: String, _ value: [UInt8], on path: String) -> Bool {
    c_setxattr(path, name, value, value.count, 0) == 0
  }

  /// Whether files of /tmp can have them, and this process may set them.
  static let areAllowed: Bool = {
    let root = TemporaryRoot()
    root.plant("/file", "")
    return set("user.note", [1], on: root.path + "/file")
      && set(FileAttributes.accessList, list, on: root.path + "/file")
      && set("trusted.note", [1], on: root.path + "/file")
  }()

  private static let needsAttributes: ConditionTrait = .enabled(
    if: areAllowed, "needs a /tmp with extended attributes and ACLs, and root")

  private static func file(_ attributes: FileAttributes) -> FileWrite {
    FileWrite(
      path: path, contents: [1], mode: FileMode(0o664), account: Account(user: 0, group: 4242), attributes: attributes)
  }

  @Test(needsAttributes) func `all attributes are read, set and compared`() throws {
    let root = TemporaryRoot()
    root.plant(Self.path, "old", mode: FileMode(0o664))
    let wanted = FileAttributes([
      "user.note": Array("keep me".utf8), "trusted.note": [0, 1, 255], "security.ima": [3, 2, 97],
      FileAttributes.accessList: Self.list,
    ])
    for (name, value) in wanted.values { #expect(Self.set(name, value, on: root.path + Self.path), "\(name)") }
    let entry = try #require(try root.entry(Self.path))
    #expect(entry.attributes == wanted)
    #expect(try root.write(Self.file(entry.attributes), over: .exactly(entry)))
    let after = try #require(try root.entry(Self.path))
    #expect(after.attributes == wanted)
    #expect(after.mode == FileMode(0o664))
    #expect(after.contents == [1])
  }

  @Test(needsAttributes) func `a file that names none has none, whatever its directory would give it`() throws {
    let root = TemporaryRoot()
    root.plantDirectory("/etc/modprobe.d")
    #expect(Self.set("system.posix_acl_default", Self.list, on: root.path + "/etc/modprobe.d"))
    #expect(try root.write(Self.file(FileAttributes()), over: .exactly(nil)))
    #expect(try root.entry(Self.path)?.attributes == FileAttributes())
    #expect(try root.entry(Self.path)?.mode == FileMode(0o664))
  }

  @Test func `an attribute that cannot be kept is a refusal that names it`() throws {
    let root = TemporaryRoot(calls: RecordingCalls(.every("fsetxattr", errno: EPERM)))
    root.plant(Self.path, "old")
    let entry = try root.entry(Self.path)
    var failure: FileFailure?
    do throws(FileFailure) {
      _ = try root.write(Self.file(FileAttributes(["trusted.note": [1]])), over: .exactly(entry))
    } catch {
      failure = error
    }
    #expect(failure?.reason == .permissionDenied)
    #expect(failure?.message.contains("'trusted.note' cannot be kept") == true)
    #expect(try root.list("/etc/modprobe.d")?.entries.map(\.contents) == [Array("old".utf8)])
  }

  @Test(needsAttributes) func `an edit keeps them, and revert brings them back`() throws {
    let root = TemporaryRoot()
    root.plant(Self.path, "blacklist sctp\n", mode: FileMode(0o664))
    for directory in ["/etc/modules-load.d", "/var/lib"] { root.plantDirectory(directory) }
    let (proc, sys) = (InMemoryFiles(), InMemoryFiles())
    proc.plant("/cmdline", "quiet\n")
    sys.plant("/module/sctp/initstate", "live\n")
    let access = NodePorts(
      files: root.files, proc: proc, sys: sys, own: InMemoryFiles(),
      modules: FakeKernel(sysfs: sys, outcomes: [:]), probe: ProvingProbe(), kernelRelease: "1.2.3")
    for (name, value) in ["user.note": [1], FileAttributes.accessList: Self.list] {
      #expect(Self.set(name, value, on: root.path + Self.path))
    }
    let before = try #require(try root.entry(Self.path))
    var reconciler = Reconciler(
      access: access, settings: Reconciler.Settings(sources: IntentSources(paths: [], roles: []), policy: .blacklist))
    reconciler.readIntent(at: Timestamp(milliseconds: 0))
    _ = reconciler.pass(Reconciler.PassInput(now: Timestamp(milliseconds: 4_000_000_000_000)))
    let edited = try #require(try root.entry(Self.path))
    #expect(edited.contents == Array("# blacklist sctp\n".utf8))
    #expect(edited.attributes == before.attributes && edited.mode == before.mode)
    // Whoever lost them meanwhile gets them back.
    #expect(try root.write(Self.file(FileAttributes()), over: .anything))
    root.plant(Self.path, edited.contents ?? [], mode: edited.mode)
    #expect(try Revert(access: access).run().undone)
    let after = try #require(try root.entry(Self.path))
    #expect(after.contents == before.contents && after.attributes == before.attributes && after.mode == before.mode)
  }
}
