import MachineIntent
import Modprobe
import NodeAgent
import NodeTesting
import Reconcile
import Testing

/// One process changes a node at a time.
@Suite struct StandbyTests {
  private static let holder = LockHolder(command: .run, pid: 812, mode: "systemd", since: Timestamp(milliseconds: 0))
  private static let own = LockHolder(command: .run, pid: 1, mode: "container", since: Timestamp(milliseconds: 1))
  private static let moment = Reconciler.PassInput(now: Timestamp(milliseconds: 4_000_000_000_000))

  private let node = NodeInMemory()
  private let features = FeatureFile(directory: "/features.d", resync: 60)

  private func lock(_ holder: LockHolder) -> AgentLock { AgentLock(files: node.files, holder: holder) }

  @Test func `a process on standby changes nothing and names the other`() throws {
    node.files.plantDirectory("/features.d")
    let first = lock(Self.holder)
    guard case .held(isNew: true) = first.take() else { throw CancellationError() }
    let before = node.files.changes
    var second = try node.reconciler(features: features, lock: lock(Self.own))
    let taken1 = second.takeLock()
    #expect(!taken1)
    #expect(second.standbyFor == Self.holder)
    let pass = second.pass(Self.moment)
    try second.announce(usable: true, at: Self.moment.now)
    let sweep = second.sweep()
    #expect(sweep.removed == [] && sweep.failures == [])
    second.tidy()
    #expect(node.files.changes == before)
    #expect(node.kernel.asked.isEmpty)
    #expect(pass.observation.standbyFor == Self.holder)
    #expect(pass.observation.plan?.steps.isEmpty == false)
    withExtendedLifetime(first) {}
  }

  @Test func `it takes over once the other has let go`() throws {
    var first: AgentLock? = lock(Self.holder)
    _ = first?.take()
    var second = try node.reconciler(lock: lock(Self.own))
    let taken2 = second.takeLock()
    #expect(!taken2)
    first = nil
    let taken3 = second.takeLock()
    #expect(taken3)
    #expect(second.standbyFor == nil)
    _ = second.pass(Self.moment)
    #expect(try node.text(blacklist) == "")
    let taken4 = second.takeLock()
    #expect(!taken4, "it has the lock already")
  }

  @Test func `who lost the state directory takes the lock anew, or stands by if another process has it`() throws {
    var first = try node.reconciler(lock: lock(Self.holder))
    let taken5 = first.takeLock()
    #expect(taken5)
    node.files.takeAway(Ledger.directory)
    let taken6 = first.takeLock()
    #expect(taken6)
    node.files.takeAway(Ledger.directory)
    let second = lock(Self.own)
    guard case .held(isNew: true) = second.take() else { throw CancellationError() }
    let taken7 = first.takeLock()
    #expect(!taken7)
    #expect(first.standbyFor == Self.own)
  }

  @Test func `a holder that has not described itself is another process`() throws {
    let first = lock(Self.holder)
    _ = first.take()
    node.files.plant(AgentLock.path, "not JSON")
    // Planting makes another file: it is locked anew, by a process that says nothing.
    let taken = try node.files.lock(AgentLock.path, timeout: .zero)
    guard case .refused(let holder) = lock(Self.own).take() else { throw CancellationError() }
    #expect(holder == .unknown)
    #expect("\(holder)" == "another sctp-agent process")
    withExtendedLifetime((first, taken)) {}
  }

  @Test func `observing only takes no lock`() throws {
    var reconciler = try node.reconciler(observeOnly: true, lock: lock(Self.own))
    let taken8 = reconciler.takeLock()
    #expect(!taken8)
    #expect(try node.text(AgentLock.path) == nil)
  }

  @Test func `a lock that cannot be made is no reason to stand by`() throws {
    node.files.fail(.lock, AgentLock.path, with: denied(.lock, AgentLock.path))
    var reconciler = try node.reconciler(lock: lock(Self.own))
    let taken9 = reconciler.takeLock()
    #expect(!taken9)
    #expect(reconciler.standbyFor == nil)
  }

  @Test func `another process's entries are kept by whoever records, forgets or folds`() throws {
    let original = FileEntry(
      path: "/etc/modprobe.d/a.conf", kind: .regular, mode: FileMode(0o644), account: .root, contents: [1])
    func record(_ name: String, _ ledger: inout Ledger) throws {
      let write = FileWrite(
        path: "/etc/modprobe.d/\(name).conf", contents: [2], mode: FileMode(0o644), account: .root)
      try ledger.record(
        write, because: .unblocks([], lines: [1], from: nil), replacing: original, at: Self.moment.now)
    }
    var (first, second) = (Ledger(files: node.files), Ledger(files: node.files))
    try first.read()
    try second.read()
    try record("a", &first)
    try record("b", &second)
    #expect(second.overridden.count == 2, "the other's entry was read")
    try first.forget([PathKey("/etc/modprobe.d/a.conf")])
    #expect(try first.entries().map(\.path) == ["/etc/modprobe.d/b.conf"])
    try record("c", &second)
    #expect(try second.entries().map(\.path) == ["/etc/modprobe.d/b.conf", "/etc/modprobe.d/c.conf"])
    try first.read()
    #expect(first.overridden.count == 2)
  }

  @Test func `a ledger that another process changes is not changed, and a file neither`() throws {
    var reconciler = try node.reconciler()
    node.files.plantDirectory(Ledger.directory)
    let other = try node.files.lock("\(Ledger.directory)/ledger.lock", timeout: .zero)
    let pass = reconciler.pass(Self.moment)
    let reasons = pass.observation.outcomes.compactMap { outcome -> Condition.Reason? in
      if case .file(let failure)? = outcome.failure { return failure.reason }
      return nil
    }
    #expect(reasons == [.locked, .locked])
    #expect(try node.text(blacklist) == "# stock\nblacklist sctp\n")
    withExtendedLifetime(other) {}
  }
}
