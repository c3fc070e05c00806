import Logging
import MachineIntent
import Modprobe
import NodeAgent
import NodeTesting
import Reconcile
import Synchronization
import Testing

/// What wakes the loop, and what happens to the node before.
private typealias Turn = (Set<Wake>, () -> Void)

/// Wakes the loop as scripted, doing something to the node before each wake, and ends it.
private final class ScriptedChanges: ChangeSource {
  private var script: [Turn]
  /// What happens to the node before the agent looks at what it has done.
  var meanwhile: [() -> Void] = []
  /// SIGTERM comes once so many steps have been made; nil: never.
  var stepsUntilTermination: Int?
  /// Is told how long each wait may be.
  var waiting: (ContinuousClock.Instant?) -> Void = { _ in }

  init(_ script: [Turn]) { self.script = script.reversed() }

  func watch(node: [String], own: [String]) -> [FileFailure] { [] }

  func wait(until deadline: ContinuousClock.Instant?) -> Set<Wake> {
    waiting(deadline)
    guard let (wakes, act) = script.popLast() else { return [.terminate] }
    act()
    return wakes
  }

  func forgetFileChanges() { if !meanwhile.isEmpty { meanwhile.removeFirst()() } }

  var isTerminating: Bool {
    guard let left = stepsUntilTermination else { return false }
    stepsUntilTermination = left - 1
    return left <= 0
  }
}

/// Keeps what is logged, a line each.
private struct KeptLog: LogHandler {
  final class Lines: Sendable {
    let all = Mutex<[String]>([])
  }

  let lines: Lines
  var logLevel = Logger.Level.info
  var metadata: Logger.Metadata = [:]

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) { lines.all.withLock { $0.append("\(event.level) \(event.message)") } }
}

private final class RecordingNotifier: ServiceNotifier {
  let said = Mutex<[ServiceAssignment]>([])
  let watchdogInterval: Duration?

  init(watchdogInterval: Duration?) { self.watchdogInterval = watchdogInterval }

  func notify(_ assignments: [ServiceAssignment]) { said.withLock { $0 += assignments } }
}

private struct SteppingClock: AgentClock {
  let now = Timestamp(milliseconds: 4_000_000_000_000)
  private let start = ContinuousClock.now
  private let passed = SharedCount()
  /// Each look at the clock takes a millisecond.
  var monotonic: Duration { .milliseconds(passed.add(1)) }

  func instant(_ monotonic: Duration) -> ContinuousClock.Instant { start.advanced(by: monotonic) }

  func advance(bySeconds seconds: Int) { _ = passed.add(seconds * 1000) }
}

private final class SharedCount: Sendable {
  private let value = Mutex(0)

  func add(_ more: Int) -> Int {
    value.withLock {
      $0 += more
      return $0
    }
  }
}

/// Counts the signs of progress.
private struct CountingMark: ProgressMark {
  let begun = SharedCount()

  func begin() { _ = begun.add(1) }
  func end() {}
}

/// Runs the loop through the script and returns everything that it published and said.
private func run(
  _ node: NodeInMemory, _ script: [Turn], features: FeatureFile? = nil, observeOnly: Bool = false,
  resync: Duration = .seconds(60), clock: SteppingClock = SteppingClock(),
  progress: CountingMark = CountingMark(), watchdogInterval: Duration? = nil,
  log lines: KeptLog.Lines = KeptLog.Lines(),
  prepare: (ScriptedChanges) -> Void = { _ in }, rest: @escaping () -> Void = {}
) throws -> (documents: [StatusDocument], said: [ServiceAssignment]) {
  let notifier = RecordingNotifier(watchdogInterval: watchdogInterval)
  var documents: [StatusDocument] = []
  let changes = ScriptedChanges(script)
  prepare(changes)
  let agent = Agent(
    reconciler: try node.reconciler(observeOnly: observeOnly, features: features),
    settings: Agent.Settings(
      resync: resync, probeInterval: .seconds(300),
      identity: AgentIdentity(
        node: "n", version: "0", mode: "manual", pid: 1, startedAt: clock.now, policy: .blacklist, observeOnly: false)),
    changes: changes, notifier: notifier, clock: clock, progress: progress,
    log: Logger(label: "test") { _ in KeptLog(lines: lines) }, publish: { documents.append($0.document) }, rest: rest)
  agent.run()
  return (documents, notifier.said.withLock { $0 })
}

@Test func theFirstPassIsReadyAndTheServiceManagerHearsIt() throws {
  let (documents, said) = try run(NodeInMemory(), [])
  #expect(documents.map(\.ready) == [true])
  #expect(said.contains(.ready))
  #expect(said.last == .stopping)
}

@Test func driftIsRepairedAtOnceAndCounted() throws {
  let node = NodeInMemory()
  let (documents, _) = try run(node, [([.filesChanged], { node.files.plant(blacklist, "drift\n") })])
  #expect(documents.last?.drift.total == 1)
  #expect(documents.last?.ready == true)
  #expect(try node.text(blacklist) == "")
}

@Test func aPathThatIsRewrittenAgainAndAgainIsContended() throws {
  let node = NodeInMemory()
  let fight: Turn = ([.filesChanged], { node.files.plant(blacklist, "blacklist sctp\n") })
  let (documents, _) = try run(node, Array(repeating: fight, count: 8))
  let file = documents.last?.files.first { $0.path == blacklist }
  #expect(file?.state == .contended)
  #expect(try node.text(blacklist) == "blacklist sctp\n")
}

@Test func aFightWhoseRepairFailsIsRetriedNoOftenerThanAnyFailure() throws {
  let node = NodeInMemory()
  let clock = SteppingClock()
  let fight: Turn = ([.filesChanged], { node.files.plant(blacklist, "blacklist sctp\n") })
  let fails: Turn = (
    [.deadline],
    {
      node.files.fail(
        .write, blacklist, with: FileFailure(.write, blacklist, errno: 28, reason: .noSpace, message: "no space left"))
      clock.advance(bySeconds: 70)
    }
  )
  var sleeps: [Duration] = []
  let (documents, _) = try run(
    node, Array(repeating: fight, count: 8) + Array(repeating: fails, count: 6), clock: clock
  ) { changes in
    changes.waiting = { deadline in
      let now = clock.instant(clock.monotonic)
      sleeps.append(deadline.map { now.duration(to: $0) } ?? .seconds(3600))
    }
  }
  #expect(documents.last?.files.first { $0.path == blacklist }?.state == .failed)
  #expect(sleeps.count == 15)
  #expect(sleeps.allSatisfy { $0 > .zero })
}

@Test func aBackOffThatEndsDuringAPassIsHeededAtOnce() throws {
  let node = NodeInMemory()
  let clock = SteppingClock()
  let fight: Turn = ([.filesChanged], { node.files.plant(blacklist, "blacklist sctp\n") })
  var changes: ScriptedChanges?
  let slow: Turn = (
    [.filesChanged],
    {
      node.files.plant(blacklist, "blacklist sctp\n")
      node.files.plant(loadFile, "drift")
      changes?.meanwhile = [{ clock.advance(bySeconds: 40) }]
    }
  )
  let again: Turn = ([.deadline], {})
  var sleeps: [Duration] = []
  _ = try run(node, Array(repeating: fight, count: 6) + [slow, again], clock: clock) { scripted in
    changes = scripted
    scripted.waiting = { deadline in
      let now = clock.instant(clock.monotonic)
      sleeps.append(deadline.map { now.duration(to: $0) } ?? .seconds(3600))
    }
  }
  #expect(sleeps.suffix(2).first.map { $0 <= .zero } == true)
  #expect(try node.text(blacklist) == "")
}

@Test func everyStepOfAPassIsASignOfLife() throws {
  let mark = CountingMark()
  let (_, said) = try run(NodeInMemory(), [], progress: mark, watchdogInterval: .milliseconds(1))
  // The pass itself, two files, a module and a probe of each family.
  #expect(mark.begun.add(0) == 6)
  let ready = try #require(said.firstIndex(of: .ready))
  #expect(said[..<ready].filter { $0 == .watchdog }.count > 1)
}

@Test func theWatchdogIsFedNoOftenerThanItHasTo() throws {
  let (_, said) = try run(
    NodeInMemory(), Array(repeating: ([.filesChanged], {}), count: 20), watchdogInterval: .seconds(3600))
  #expect(said.filter { $0 == .watchdog }.count == 1)
}

@Test func aModuleEventThatComesWithAReloadAsksForAProbe() throws {
  let node = NodeInMemory()
  _ = try run(node, [([.reload], {}), ([.reload, .modulesChanged], {})])
  #expect(node.probe.asked == 4)
}

@Test func whatAPassDidBeforeItFailedIsSaidAndCounted() throws {
  let node = NodeInMemory()
  let log = KeptLog.Lines()
  let fails: Turn = (
    [.filesChanged],
    {
      node.files.plant(blacklist, "drift")
      node.files.fail(.read, "/lib/modules/5.14.0/modules.dep", with: denied(.read, "/lib/modules/5.14.0/modules.dep"))
    }
  )
  let recovers: Turn = (
    [.filesChanged], { node.files.fail(.read, "/lib/modules/5.14.0/modules.dep", with: nil) }
  )
  let (documents, _) = try run(node, [fails, fails, recovers], log: log)
  #expect(documents.map(\.ready) == [true, false, false, true])
  #expect(documents.last?.files.first { $0.path == blacklist }?.repairs == 3)
  let lines = log.all.withLock { $0 }
  #expect(lines.filter { $0.hasPrefix("notice done: write \(blacklist)") }.count == 3)
  #expect(lines.filter { $0.hasPrefix("warning unknown, because ") }.count == 1)
}

@Test func aReloadIsAnnouncedAndEnded() throws {
  let (_, said) = try run(NodeInMemory(), [([.reload], {})])
  let reloading = try #require(said.firstIndex(of: .reloading))
  #expect(said[reloading...].contains(.ready))
}

@Test func theLoopRestsAfterItsStartAndAfterAPassThatNothingCalledFor() throws {
  var rests: [Int] = []
  var waits = 0
  let wait: (Set<Wake>) -> Turn = { wakes in (wakes, { waits += 1 }) }
  _ = try run(
    NodeInMemory(), [wait([.filesChanged]), wait([]), wait([.modulesChanged]), wait([.reload])],
    resync: .milliseconds(1), rest: { rests.append(waits) })
  #expect(rests == [0, 2])
}

private let features = FeatureFile(directory: "/features.d", resync: 60)

@Test func theFeatureFileIsThereWhileTheNodeIsReadyAndGoneAfterTheStop() throws {
  let node = NodeInMemory()
  node.files.plantDirectory("/features.d")
  var seen: [Bool] = []
  let look = { seen.append(((try? node.text(features.path)) ?? nil) != nil) }
  _ = try run(
    node,
    [
      ([.filesChanged], look),
      (
        [.modulesChanged],
        {
          look()
          node.sys.plant("/module/sctp/initstate", "going\n")
        }
      ),
      ([.filesChanged], look),
    ], features: features)
  #expect(seen.first == true)
  #expect(try node.text(features.path) == nil)
  #expect(node.files.changes.filter { $0.hasSuffix(features.path) }.last == "remove \(features.path)")
}

@Test func observingOnlyWritesNoFeatureFile() throws {
  let node = NodeInMemory()
  node.files.plantDirectory("/features.d")
  _ = try run(node, [], features: features, observeOnly: true)
  #expect(node.files.changes == [])
}

@Test func aFeatureDirectoryThatIsMissingDoesNotMakeTheNodeLessReady() throws {
  let (documents, _) = try run(NodeInMemory(), [([.filesChanged], {})], features: features)
  #expect(documents.map(\.ready) == [true, true])
}

@Test func aLedgerThatCannotBeReadIsReportedAndRecoveredFrom() throws {
  let node = NodeInMemory()
  _ = node.denyLedger()
  let (documents, said) = try run(node, [([.filesChanged], { node.files.fail(.read, Ledger.path, with: nil) })])
  #expect(documents.map(\.ready) == [false, true])
  #expect(documents.first?.reason == .permissionDenied)
  #expect(documents.first?.message.contains(Ledger.path) == true)
  #expect(said.contains(.ready))
}

@Test func theSixthRepairInAMinuteMakesAFight() throws {
  let node = NodeInMemory()
  let fight: Turn = ([.filesChanged], { node.files.plant(blacklist, "blacklist sctp\n") })
  func state(after turns: Int) throws -> StatusDocument.File.State? {
    try run(node, Array(repeating: fight, count: turns)).documents.last?.files.first { $0.path == blacklist }?.state
  }
  // The first repair is that of the start.
  #expect(try state(after: 4) == .inSync)
  node.files.plant(blacklist, "blacklist sctp\n")
  #expect(try state(after: 5) == .contended)
}

@Test func whatChangesWhileThePassIsUnderWayIsRepairedWithoutAnEvent() throws {
  let node = NodeInMemory()
  let (documents, _) = try run(node, [([.deadline], {})]) { changes in
    changes.meanwhile = [{ node.files.plant(blacklist, "blacklist sctp\n") }]
  }
  #expect(documents.map(\.ready) == [false, true])
  #expect(try node.text(blacklist) == "")
}

@Test func terminationFinishesTheWriteInHandAndNothingMore() throws {
  let node = NodeInMemory()
  _ = try run(node, []) { $0.stepsUntilTermination = 1 }
  #expect(try [node.text(blacklist), node.text(loadFile)].compactMap(\.self).filter { !$0.hasPrefix("#") }.count == 1)
  #expect(node.kernel.asked.isEmpty)
}

@Test(arguments: [false, true])
func whatAPredecessorLeftIsRemovedUnlessNothingMayBeTouched(observeOnly: Bool) throws {
  let node = NodeInMemory()
  let leftover = "/etc/modprobe.d/.sctp-agent.1x.tmp"
  node.files.plant(leftover, "half a fi")
  let log = KeptLog.Lines()
  _ = try run(node, [], observeOnly: observeOnly, log: log)
  #expect(try (node.text(leftover) == nil) != observeOnly)
  #expect(log.all.withLock { $0.contains { $0.contains("removed leftover \(leftover)") } } != observeOnly)
}

@Test func eachThingIsSaidOnceHoweverManyPassesSeeIt() throws {
  let node = NodeInMemory()
  node.files.fail(
    .write, blacklist, with: FileFailure(.write, blacklist, errno: 28, reason: .noSpace, message: "no space left"))
  var passes: [Turn] = Array(repeating: ([.filesChanged], {}), count: 5)
  passes.append(([.filesChanged], { node.files.fail(.write, blacklist, with: nil) }))
  let log = KeptLog.Lines()
  let (documents, _) = try run(node, passes, log: log)
  #expect(documents.count == 7)
  #expect(documents.last?.ready == true)
  let lines = log.all.withLock { $0 }
  #expect(Set(lines).count == lines.count)
  #expect(lines.contains { $0.hasPrefix("error ") && $0.contains("no space left") })
}

@Test func aNewFileOfOthersThatBlocksAWantedModuleIsDrift() throws {
  let node = NodeInMemory()
  let foreign = "/etc/modprobe.d/hardening.conf"
  let (documents, _) = try run(node, [([.filesChanged], { node.files.plant(foreign, "blacklist sctp\n") })])
  #expect(documents.last?.drift.total == 1)
  #expect(documents.last?.drift.lastPath == foreign)
  #expect(documents.last?.files.contains { $0.path == foreign && $0.state == .inSync && $0.owner == .override } == true)
}

@Test func aLoadThatDoesNotEndIsAStateAndNotAHang() throws {
  let node = NodeInMemory(.hangs(since: Timestamp(milliseconds: 4_000_000_000_000)))
  let drift: Turn = ([.filesChanged], { node.files.plant(blacklist, "drift\n") })
  let ends: Turn = ([.modulesChanged], { node.kernel.set(ModuleName("sctp"), to: .loads) })
  let (documents, _) = try run(node, [drift, ends])
  let reasons = documents.map { $0.conditions.first { $0.type == .moduleLoaded }?.reason }
  #expect(reasons == [.loading, .loading, .loaded])
  // It is asked for once, and again when the first one has ended.
  #expect(node.kernel.asked.count == 2)
  #expect(try node.text(blacklist) == "")
}

@Test func `a fight is logged once a back-off`() throws {
  let node = NodeInMemory()
  let fight: Turn = ([.filesChanged], { node.files.plant(blacklist, "blacklist sctp\n") })
  // A writer that truncates the file first leaves it for a moment as it is declared.
  let truncation: Turn = ([.filesChanged], { node.files.plant(blacklist, "") })
  let log = KeptLog.Lines()
  _ = try run(
    node, Array(repeating: fight, count: 8) + Array(repeating: [truncation, fight], count: 100).joined(), log: log)
  let lines = log.all.withLock { $0 }
  #expect(lines.count { $0.contains("drift: ") } < 10)
  #expect(lines.count < 40, "\(lines.suffix(10))")
}

@Test func `what a killed agent took out of a path is kept, and what the ledger knows is not kept twice`() throws {
  let node = NodeInMemory()
  _ = try run(node, [])
  node.files.plant("/etc/modprobe.d/.sctp-agent.1.tmp", "# theirs\n")
  node.files.plant("/etc/modprobe.d/.sctp-agent.2.tmp", "half a fi", mode: FileMode(0o200))
  node.files.plant("/etc/modprobe.d/.sctp-agent.3.tmp", "# stock\nblacklist sctp\n")
  node.files.plant("/etc/modules-load.d/.sctp-agent.4.tmp", "sctp")
  let log = KeptLog.Lines()
  _ = try run(node, [], log: log)
  let kept = try node.files.list("\(Ledger.directory)/displaced")?.entries ?? []
  #expect(kept.map(\.contents) == [Array("# theirs\n".utf8)])
  #expect(try node.files.names(in: "/etc/modprobe.d") == ["sctp-blacklist.conf"])
  let lines = log.all.withLock { $0 }
  #expect(lines.count { $0.contains("removed leftover ") } == 4)
  #expect(lines.count { $0.contains("kept the bytes of leftover /etc/modprobe.d/.sctp-agent.1.tmp as ") } == 1)
}

@Test func `whoever stops does not look again`() throws {
  let node = NodeInMemory()
  var looks = 0
  _ = try run(node, []) { changes in
    changes.stepsUntilTermination = 1
    changes.meanwhile = [{ looks += 1 }]
  }
  #expect(looks == 0)
}
