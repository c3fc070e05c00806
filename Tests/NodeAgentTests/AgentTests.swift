import Logging
import Modprobe
import NodeAgent
import NodeTesting
import Reconcile
import Synchronization
import Testing

/// Wakes the loop as scripted, doing something to the node before each wake, and ends it.
private final class ScriptedChanges: ChangeSource {
  private var script: [(Set<Wake>, () -> Void)]

  init(_ script: [(Set<Wake>, () -> Void)]) { self.script = script.reversed() }

  func watch(node: [String], own: [String]) -> [FileFailure] { [] }

  func wait(until deadline: ContinuousClock.Instant?) -> Set<Wake> {
    guard let (wakes, act) = script.popLast() else { return [.terminate] }
    act()
    return wakes
  }
}

private final class RecordingNotifier: ServiceNotifier {
  let said = Mutex<[ServiceAssignment]>([])
  var watchdogInterval: Duration? { nil }

  func notify(_ assignments: [ServiceAssignment]) { said.withLock { $0 += assignments } }
}

private struct SteppingClock: AgentClock {
  let now = Timestamp(milliseconds: 4_000_000_000_000)
  private let steps = SharedCount()
  /// Each look at the clock takes a millisecond.
  var monotonic: Duration { .milliseconds(steps.next()) }

  func instant(_ monotonic: Duration) -> ContinuousClock.Instant { .now.advanced(by: monotonic) }
}

private final class SharedCount: Sendable {
  private let value = Mutex(0)

  func next() -> Int {
    value.withLock {
      $0 += 1
      return $0
    }
  }
}

private struct NoMark: ProgressMark {
  func begin() {}
  func end() {}
}

/// Runs the loop through the script and returns everything that it published and said.
private func run(
  _ node: NodeInMemory, _ script: [(Set<Wake>, () -> Void)], features: FeatureFile? = nil, observeOnly: Bool = false,
  resync: Duration = .seconds(60), rest: @escaping () -> Void = {}
) throws -> (documents: [StatusDocument], said: [ServiceAssignment]) {
  let notifier = RecordingNotifier()
  var documents: [StatusDocument] = []
  let clock = SteppingClock()
  let agent = Agent(
    reconciler: try node.reconciler(observeOnly: observeOnly, features: features),
    settings: Agent.Settings(
      resync: resync, probeInterval: .seconds(300),
      identity: AgentIdentity(
        node: "n", version: "0", mode: "manual", pid: 1, startedAt: clock.now, policy: .blacklist, observeOnly: false)),
    changes: ScriptedChanges(script), notifier: notifier, clock: clock, progress: NoMark(),
    log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, publish: { documents.append($0.document) },
    rest: rest)
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
  let fight: (Set<Wake>, () -> Void) = ([.filesChanged], { node.files.plant(blacklist, "blacklist sctp\n") })
  let (documents, _) = try run(node, Array(repeating: fight, count: 8))
  let file = documents.last?.files.first { $0.path == blacklist }
  #expect(file?.state == .contended)
  #expect(try node.text(blacklist) == "blacklist sctp\n")
}

@Test func aReloadIsAnnouncedAndEnded() throws {
  let (_, said) = try run(NodeInMemory(), [([.reload], {})])
  let reloading = try #require(said.firstIndex(of: .reloading))
  #expect(said[reloading...].contains(.ready))
}

@Test func theLoopRestsAfterItsStartAndAfterAPassThatNothingCalledFor() throws {
  var rests: [Int] = []
  var waits = 0
  let wait: (Set<Wake>) -> (Set<Wake>, () -> Void) = { wakes in (wakes, { waits += 1 }) }
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
