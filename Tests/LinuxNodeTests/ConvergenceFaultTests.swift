import Glibc
import Linux
import LinuxNode
import MachineIntent
import Modprobe
import NodeAgent
import NodeTesting
import Reconcile
import Testing

/// The whole pass, from the first look to the loaded module, with each of its system calls failing, the process dying or
/// the power going in turn.
@Suite struct ConvergenceFaultTests {
  private static let blacklist = "/etc/modprobe.d/sctp-blacklist.conf"
  private static let load = "/etc/modules-load.d/sctp-load.conf"
  private static let stock = Array("# as shipped\nblacklist sctp\n".utf8)
  private static let directories = [
    "/etc/modprobe.d", "/etc/modules-load.d", Ledger.directory, "\(Ledger.directory)/originals",
  ]

  /// A node of RHEL's kind on a real file system, with a kernel that takes the module.
  private struct Node {
    let root: TemporaryRoot
    let calls = RecordingCalls()
    let access: NodePorts

    init() {
      // Hundreds of nodes, each synced many times: not on a disk where it can be helped.
      root = TemporaryRoot(in: Glibc.access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp", calls: calls)
      root.plant(blacklist, stock, mode: FileMode(0o644))
      root.plantDirectory("/etc/modules-load.d")
      root.plant("/lib/modules/1.2.3/modules.dep", "kernel/net/sctp/sctp.ko.xz:\n")
      root.plant("/lib/modules/1.2.3/modules.alias", "alias net-pf-2-proto-132 sctp\nalias net-pf-10-proto-132 sctp\n")
      root.plant("/lib/modules/1.2.3/kernel/net/sctp/sctp.ko.xz", "module")
      let (proc, sys) = (InMemoryFiles(), InMemoryFiles())
      proc.plant("/cmdline", "quiet\n")
      proc.plant("/sys/kernel/modules_disabled", "0\n")
      sys.plantDirectory("/module")
      access = NodePorts(
        files: root.files, proc: proc, sys: sys, own: InMemoryFiles(),
        modules: FakeKernel(sysfs: sys, outcomes: [ModuleName("sctp"): .loads]), probe: ProvingProbe(),
        kernelRelease: "1.2.3")
    }

    /// What `run` does from its start to the end of its first pass.
    func start() throws -> Reconciler.Pass {
      for directory in directories { _ = try access.files.removeLeftovers(in: directory) }
      var reconciler = Reconciler(
        access: access,
        settings: Reconciler.Settings(sources: IntentSources(paths: [], roles: []), policy: .blacklist))
      reconciler.readIntent(at: Timestamp(milliseconds: 0))
      return reconciler.pass(Reconciler.PassInput(now: Timestamp(milliseconds: 1000)))
    }

    /// What is on the disk, by a pair of eyes of its own.
    func bytes(_ path: String) throws -> [UInt8]? { try LinuxFiles(root: root.path).read(path, limit: 100_000) }

    func leftovers() throws -> [String] {
      try directories.flatMap { try LinuxFiles(root: root.path).list($0)?.entries.map(\.name) ?? [] }
        .filter { $0.hasSuffix(".tmp") }
    }

    func expectConverged(_ comment: Comment) throws {
      #expect(try bytes(blacklist) == [], comment)
      #expect(try bytes(load) == Array("sctp".utf8), comment)
      #expect(try leftovers() == [], comment)
    }

    /// Every change undone, to the byte.
    func expectRevertible(_ comment: Comment) throws {
      let revert = Revert(access: access)
      #expect(try revert.run().undone, comment)
      #expect(try bytes(blacklist) == stock, comment)
      #expect(try bytes(load) == nil, comment)
    }
  }

  private static func conditions(_ pass: Reconciler.Pass) -> [Condition] {
    var history = History()
    let agent = AgentIdentity(
      node: "test", version: "0", mode: "test", pid: 1, startedAt: Timestamp(milliseconds: 0), policy: .blacklist,
      observeOnly: false)
    return StatusDocument(pass.observation, agent: agent, history: &history).conditions
  }

  private static func recorded() throws -> [RecordingCalls.Call] {
    let node = Node()
    _ = try node.start()
    try node.expectConverged("undisturbed")
    return node.calls.calls
  }

  private static let looks: Set = [
    "openat", "openInRoot", "close", "fstat", "fstatat", "readlinkat", "getdents64", "read", "fgetxattr", "flistxattr",
    "inodeFlags",
  ]

  /// The numbers of the calls that differ in kind or object, and of all that change anything.
  private static func telling(_ calls: [RecordingCalls.Call]) -> [Int] {
    var seen: Set<String> = []
    return calls.indices.filter { number in
      let call = calls[number]
      return !looks.contains(call.name) || call.creates || seen.insert(call.description).inserted
    }
  }

  @Test func whicheverCallFailsTheNextPassRecovers() throws {
    let calls = try Self.recorded()
    for (turn, number) in Self.telling(calls).enumerated() {
      let errno = FileFaultTests.errors[turn % FileFaultTests.errors.count]
      let node = Node()
      node.calls.set(.at(number, errno: errno))
      let comment: Comment = "call \(number): \(calls[number])"
      var conditions: [Condition] = []
      do {
        conditions = Self.conditions(try node.start())
      } catch {
        let failure = error as? FileFailure
        #expect(failure?.errno == errno && failure?.reason == Errno(errno).fileReason, comment)
      }
      // A look that failed once and then succeeded leaves no trace but the work still to be done.
      let isTold = conditions.contains { $0.message.contains(Errno(errno).name) && $0.status != .yes }
      let isReady = !conditions.isEmpty && conditions.allSatisfy { $0.status == .yes }
      if isReady { try node.expectConverged(comment) }
      let changes = !Self.looks.contains(calls[number].name) || calls[number].creates
      if changes, !isReady { #expect(isTold || conditions.isEmpty, comment) }
      let found = try node.bytes(Self.blacklist)
      #expect(found == Self.stock || found == [], comment)
      #expect(try node.leftovers() == [], comment)
      #expect(node.calls.openCount == 0, comment)
      node.calls.set(nil)
      _ = try node.start()
      try node.expectConverged(comment)
      try node.expectRevertible(comment)
    }
  }

  @Test func whereverTheProcessDiesTheNextStartConverges() throws {
    let calls = try Self.recorded()
    for (turn, number) in Self.telling(calls).enumerated() {
      let node = Node()
      node.calls.set(.death(number))
      _ = try? node.start()
      let comment: Comment = "dead from call \(number) on: \(calls[number])"
      let found = try node.bytes(Self.blacklist)
      #expect(found == Self.stock || found == [], comment)
      node.calls.set(nil)
      if turn.isMultiple(of: 2) {
        _ = try node.start()
        try node.expectConverged(comment)
      }
      try node.expectRevertible(comment)
    }
  }

  @Test func whereverThePowerGoesFilesAreWholeAndTheLedgerIsAheadOfThem() throws {
    var model = JournalModel(holding: ["sctp-blacklist.conf": Self.stock])
    var sawChange = false
    for call in try Self.recorded() {
      model.apply(call)
      for state in model.states {
        let blacklist = state["sctp-blacklist.conf"] ?? []
        #expect(!blacklist.isEmpty && blacklist.allSatisfy { $0 == Self.stock || $0 == [] }, "\(call)")
        let load = state["sctp-load.conf"] ?? []
        #expect(load.allSatisfy { $0 == Array("sctp".utf8) }, "\(call)")
        let ledger = state["ledger.jsonl"].map { $0.map { String(decoding: $0, as: UTF8.self) } } ?? []
        if blacklist.contains([]) {
          sawChange = true
          #expect(!ledger.isEmpty && ledger.allSatisfy { $0.contains("sctp-blacklist.conf\"") }, "\(call)")
          #expect(state.values.contains { $0 == [Self.stock] }, "the original is kept: \(call)")
        }
        if !load.isEmpty {
          #expect(!ledger.isEmpty && ledger.allSatisfy { $0.contains("sctp-load.conf\"") }, "\(call)")
        }
      }
    }
    #expect(sawChange)
  }
}
