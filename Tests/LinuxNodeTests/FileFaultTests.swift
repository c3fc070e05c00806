import Glibc
import Linux
import LinuxNode
import MachineIntent
import NodeAgent
import NodeTesting
import Reconcile
import Testing

/// Every system call of the file path made to fail in turn, and the power cut between any two.
@Suite struct FileFaultTests {
  private static let path = "/etc/modprobe.d/sctp-blacklist.conf"
  private static let old = Array("blacklist sctp\n".utf8)
  private static let new = Array("# blacklist sctp\n".utf8)
  static let errors: [Int32] = [ENOSPC, EIO, EROFS, EACCES, EMFILE]

  private static var file: FileWrite {
    FileWrite(path: path, contents: new, mode: FileMode(0o644), account: .root)
  }

  /// A node with the old file, and the calls that its files are changed by.
  private func node(_ fault: RecordingCalls.Fault? = nil) -> (TemporaryRoot, RecordingCalls) {
    let calls = RecordingCalls(fault)
    let root = TemporaryRoot(calls: calls)
    root.plant(Self.path, Self.old, mode: FileMode(0o644))
    return (root, calls)
  }

  /// The calls of one undisturbed run.
  private func recorded(_ change: (TemporaryRoot) throws(FileFailure) -> Void) throws -> [RecordingCalls.Call] {
    let (root, calls) = node()
    try change(root)
    return calls.calls
  }

  private func failure(_ body: () throws(FileFailure) -> Void) -> FileFailure? {
    do throws(FileFailure) {
      try body()
      return nil
    } catch {
      return error
    }
  }

  private func names(_ root: TemporaryRoot) throws -> [String] {
    try LinuxFiles(root: root.path).list("/etc/modprobe.d")?.entries.map(\.name) ?? []
  }

  /// Each look, and whether it found something.
  private static let looks: [(String, @Sendable (TemporaryRoot) throws -> Bool)] = [
    ("read", { try $0.files.read(path, limit: 100) != nil }),
    ("read a link", { try $0.files.read("/link", limit: 100) != nil }),
    ("pieces", { try $0.files.readPieces(of: path) { _ in } }),
    ("entry", { try $0.files.entry(path) != nil }),
    ("entry of a link", { try $0.files.entry("/link")?.contents != nil }),
    ("names", { try $0.files.names(in: "/etc/modprobe.d") != nil }),
    ("list", { try $0.files.list("/etc/modprobe.d")?.entries.isEmpty == false }),
    ("list of links", { try $0.files.list("/links")?.entries.first?.contents != nil }),
    ("stamp", { try $0.files.stamp(path) != nil }),
  ]

  @Test(arguments: looks.indices)
  func whatVanishesWhileItIsLookedAtIsNotThere(_ index: Int) throws {
    let (name, look) = Self.looks[index]
    func found(_ fault: RecordingCalls.Fault?) throws -> (Bool, [RecordingCalls.Call]) {
      let (root, calls) = node(fault)
      root.plantLink("/link", to: Self.path)
      root.plantLink("/links/a.conf", to: Self.path)
      return (try look(root), calls.calls)
    }
    let (isThere, calls) = try found(nil)
    #expect(isThere)
    // The root itself, and what is open already, stay.
    for (number, call) in calls.enumerated()
    where number > 0 && ["openat", "fstatat", "readlinkat", "getdents64", "openInRoot"].contains(call.name)
      && !call.object.hasPrefix("/tmp/")
    {
      #expect(try found(.at(number, errno: ENOENT)).0 == false, "\(name): \(call)")
    }
  }

  @Test func aLeftoverThatCannotBeRemovedDoesNotKeepTheOthers() throws {
    let (root, calls) = node()
    for number in 1...3 { root.plant("/etc/modprobe.d/.sctp-agent.\(number).tmp", [], mode: FileMode(0o600)) }
    calls.set(.every("unlinkat", errno: EIO))
    #expect(throws: FileFailure.self) { _ = try root.removeLeftovers(in: "/etc/modprobe.d") }
    #expect(calls.calls.filter { $0.name == "unlinkat" }.count == 3)
  }

  @Test(arguments: errors)
  func aWriteThatFailsAnywhereLeavesNothingBehind(_ errno: Int32) throws {
    let count = try recorded { (root) throws(FileFailure) in try root.write(Self.file) }.count
    for number in 0..<count {
      let (root, calls) = node(.at(number, errno: errno))
      let failure = failure { () throws(FileFailure) in try root.write(Self.file) }
      let call = calls.calls[number]
      #expect(calls.openCount == 0, "\(call)")
      #expect(try names(root) == ["sctp-blacklist.conf"], "\(call)")
      let found = try LinuxFiles(root: root.path).read(Self.path, limit: 100)
      // Where the kernel cannot go the short way, the walk finds the directory.
      if ["close", "lock", "openInRoot", "inodeFlags"].contains(call.name) {
        #expect(failure == nil && found == Self.new, "\(call)")
      } else {
        #expect(failure?.errno == errno, "\(call)")
        #expect(failure?.reason == Errno(errno).fileReason, "\(call)")
        // Only where the last step, the sync of the directory, failed, the new file is in place.
        #expect(found == (call.name == "fsync" && call.object == "." ? Self.new : Self.old), "\(call)")
      }
      calls.set(nil)
      try root.write(Self.file)
      #expect(try root.read(Self.path, limit: 100) == Self.new, "\(call)")
    }
  }

  @Test(arguments: errors)
  func whatADyingWriterLeavesIsRemovedByTheNext(_ errno: Int32) throws {
    let count = try recorded { (root) throws(FileFailure) in try root.write(Self.file) }.count
    var leftovers = 0
    for number in 0..<count {
      let (root, calls) = node(.deadlyAt(number, errno: errno))
      _ = failure { () throws(FileFailure) in try root.write(Self.file) }
      leftovers += try names(root).count - 1
      calls.set(nil)
      _ = try root.removeLeftovers(in: "/etc/modprobe.d")
      #expect(try names(root) == ["sctp-blacklist.conf"])
    }
    #expect(leftovers > 0)
  }

  @Test func whatALivingWriterIsAtIsNoLeftover() throws {
    let (root, _) = node()
    let names = [".sctp-agent.living.tmp", ".sctp-agent.dead.tmp"]
    for name in names { root.plant("/etc/modprobe.d/\(name)", "half a fi") }
    // flock(2) through another description, as another process has it.
    let writer = LinuxCalls()
    let living = open(root.path + "/etc/modprobe.d/\(names[0])", O_WRONLY)
    #expect(writer.lock(living) == 0)
    #expect(try root.removeLeftovers(in: "/etc/modprobe.d") == ["/etc/modprobe.d/\(names[1])"])
    close(living)
    #expect(try root.removeLeftovers(in: "/etc/modprobe.d") == ["/etc/modprobe.d/\(names[0])"])
  }

  @Test func whatTheAgentItselfDoesWakesNobodyNotEvenWhatFails() throws {
    for fault in [nil, RecordingCalls.Fault.every("fsync", errno: EIO)] {
      let (root, _) = node(fault)
      let changes = try InotifyChanges(root: root.path)
      #expect(changes.watch(node: ["/etc/modprobe.d"], own: []).isEmpty)
      let file = FileWrite(path: Self.path, contents: [1], mode: FileMode(0o600), account: .root)
      #expect((failure { () throws(FileFailure) in try root.write(file) } == nil) == (fault == nil))
      changes.forgetFileChanges(in: ["/etc/modprobe.d"])
      #expect(changes.wait(until: .now + .milliseconds(20)) == [.deadline])
    }
  }

  @Test func interruptionsAndShortWritesGoUnnoticed() throws {
    for fault in [RecordingCalls.Fault.interruptions, .shortWrites(1), .shortWrites(7)] {
      let (root, calls) = node(fault)
      try root.write(Self.file)
      try root.createDirectory("/var/lib/sctp-agent")
      try root.append(Self.old, to: "/var/lib/sctp-agent/ledger")
      #expect(try root.read(Self.path, limit: 100) == Self.new)
      #expect(try root.read("/var/lib/sctp-agent/ledger", limit: 100) == Self.old)
      #expect(try root.list("/etc/modprobe.d")?.entries.first?.contents == Self.new)
      try root.remove(Self.path)
      #expect(try root.entry(Self.path) == nil)
      #expect(calls.openCount == 0)
    }
  }

  @Test func aWriteThatTakesNothingIsAFailureAndNoLoop() throws {
    let (root, _) = node(.shortWrites(0))
    #expect(failure { () throws(FileFailure) in try root.write(Self.file) }?.reason == .inputOutput)
    #expect(try names(root) == ["sctp-blacklist.conf"])
  }

  @Test(arguments: errors)
  func anAppendThatFailsLeavesTheRecordsBefore(_ errno: Int32) throws {
    let ledger = "/etc/modprobe.d/ledger"
    let first = Array("first\n".utf8)
    let reference = RecordingCalls()
    let undisturbed = TemporaryRoot(calls: reference)
    undisturbed.plant(ledger, first, mode: FileMode(0o600))
    try undisturbed.append(Self.new, to: ledger)
    for number in reference.calls.indices {
      let calls = RecordingCalls(.at(number, errno: errno))
      let root = TemporaryRoot(calls: calls)
      root.plant(ledger, first, mode: FileMode(0o600))
      let failure = failure { () throws(FileFailure) in try root.append(Self.new, to: ledger) }
      let found = try LinuxFiles(root: root.path).read(ledger, limit: 100)
      #expect(found == (failure == nil ? first + Self.new : first), "\(calls.calls[number])")
      #expect(calls.openCount == 0)
    }
  }

  @Test(arguments: errors)
  func aListingFailsOrNamesTheEntry(_ errno: Int32) throws {
    let count = try recorded { (root) throws(FileFailure) in _ = try root.list("/etc/modprobe.d") }.count
    for number in 0..<count {
      let (root, calls) = node(.at(number, errno: errno))
      var listing: DirectoryListing?
      let failure = failure { () throws(FileFailure) in listing = try root.list("/etc/modprobe.d") }
      let call = calls.calls[number]
      let entry = listing?.entries.first
      let isHarmless = ["close", "openInRoot"].contains(call.name)
      #expect(isHarmless || failure?.errno == errno || entry?.failure?.errno == errno, "\(call)")
      #expect(entry == nil || (entry?.contents == nil) == (entry?.failure != nil), "\(call)")
      #expect(calls.openCount == 0, "\(call)")
    }
  }

  @Test func aWriteIsCompleteOnTheDiskBeforeItHasItsName() throws {
    let names = try recorded { (root) throws(FileFailure) in try root.write(Self.file) }
      .filter { ["write", "fchown", "fchmod", "fsync", "renameat"].contains($0.name) }
      .map { $0.object == "." ? "\($0.name) ." : $0.name }
    #expect(names == ["write", "fchown", "fchmod", "fsync", "renameat", "fsync ."])
  }

  @Test func aPowerCutAnywhereLeavesTheOldOrTheNewBytes() throws {
    let calls = try recorded { (root) throws(FileFailure) in try root.write(Self.file) }
    #expect(torn(calls).isEmpty)
    var model = JournalModel(holding: ["sctp-blacklist.conf": Self.old])
    for call in calls { model.apply(call) }
    #expect(model.states == [["sctp-blacklist.conf": [Self.new]]])
  }

  @Test func theModelOfThePowerCutFindsAMissingSync() throws {
    let calls = try recorded { (root) throws(FileFailure) in try root.write(Self.file) }
    #expect(!torn(calls.filter { $0.name != "fsync" }).isEmpty)
  }

  /// What the name may hold at some moment that is neither the old nor the new bytes.
  private func torn(_ calls: [RecordingCalls.Call]) -> [[UInt8]] {
    var model = JournalModel(holding: ["sctp-blacklist.conf": Self.old])
    return calls.flatMap { call in
      model.apply(call)
      return model.states.flatMap { $0["sctp-blacklist.conf"] ?? [[]] }.filter { $0 != Self.old && $0 != Self.new }
    }
  }

  @Test func theSecurityLabelOfTheReplacedFileIsKept() throws {
    let (root, calls) = node()
    calls.setLabels(["system_u:object_r:modules_conf_t:s0", "system_u:object_r:etc_t:s0"])
    try root.write(Self.file)
    let set = calls.calls.filter { $0.name == "fsetxattr" }
    #expect(set.map(\.bytes) == [Array("system_u:object_r:modules_conf_t:s0".utf8)])
    #expect(set.first?.object.hasPrefix(".sctp-agent.") == true)
  }

  @Test func aNewFileBearsTheLabelOfItsDirectory() throws {
    let (root, calls) = node()
    calls.setLabels(["system_u:object_r:etc_t:s0\0", "system_u:object_r:etc_runtime_t:s0\0"])
    try root.write(
      FileWrite(path: "/etc/modprobe.d/new.conf", contents: Self.new, mode: FileMode(0o644), account: .root))
    let set = calls.calls.filter { $0.name == "fsetxattr" }
    #expect(set.map(\.bytes) == [Array("system_u:object_r:etc_t:s0\0".utf8)])
  }

  @Test func aLabelThatIsRightAlreadyIsNotSet() throws {
    let (root, calls) = node()
    calls.setLabels(["system_u:object_r:etc_t:s0", "system_u:object_r:etc_t:s0"])
    try root.write(Self.file)
    #expect(!calls.calls.contains { $0.name == "fsetxattr" })
  }

  @Test func aLabelThatIsAskedForIsSet() throws {
    let (root, calls) = node()
    let label = "system_u:object_r:modules_conf_t:s0"
    calls.setLabels(["system_u:object_r:etc_t:s0"])
    try root.write(
      FileWrite(path: Self.path, contents: Self.new, mode: FileMode(0o644), account: .root, label: label))
    #expect(calls.calls.filter { $0.name == "fsetxattr" }.map(\.bytes) == [Array(label.utf8)])
  }

  @Test func anEntrySaysItsLabelWithoutTheKernelsNUL() throws {
    let (root, calls) = node()
    calls.setLabels(["system_u:object_r:etc_t:s0\0"])
    #expect(try root.entry(Self.path)?.label == "system_u:object_r:etc_t:s0")
  }

  @Test func aFileSystemWithoutLabelsIsNoFailure() throws {
    let (root, _) = node(.every("fgetxattr", errno: EOPNOTSUPP))
    try root.write(Self.file)
    #expect(try root.read(Self.path, limit: 100) == Self.new)
  }
}
