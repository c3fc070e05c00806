import Logging
import MachineIntent
import Modprobe
import NodeAgent
import NodeTesting
import Reconcile
import Synchronization

/// What wakes the loop, and what happens to the node before.
typealias Turn = (Set<Wake>, () -> Void)

/// Wakes the loop as scripted, doing something to the node before each wake, and ends it.
final class ScriptedChanges: ChangeSource {
  private var script: [Turn]
  /// What happens to the node before the agent looks at what it has done.
  var meanwhile: [() -> Void] = []
  /// Whether SIGTERM has come.
  var terminates: () -> Bool = { false }
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

  /// The entries that the next events are about; nil if anything may have changed.
  var changedEntries: Set<String>?

  func takeChangedEntries() -> Set<String>? { changedEntries }

  func forgetFileChanges(in directories: [String]) { if !meanwhile.isEmpty { meanwhile.removeFirst()() } }

  var isTerminating: Bool { terminates() }
}

/// Keeps what is logged, a line each.
struct KeptLog: LogHandler {
  final class Lines: Sendable {
    let all = Mutex<[String]>([])
    /// The fields of each line, in the order of `all`.
    let fields = Mutex<[[String: String]]>([])
  }

  let lines: Lines
  var logLevel = Logger.Level.info
  var metadata: Logger.Metadata = [:]

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    lines.all.withLock { $0.append("\(event.level) \(event.message)") }
    lines.fields.withLock { $0.append((event.metadata ?? [:]).mapValues { "\($0)" }) }
  }
}

final class RecordingNotifier: ServiceNotifier {
  let said = Mutex<[ServiceAssignment]>([])
  let watchdogInterval: Duration?

  init(watchdogInterval: Duration?) { self.watchdogInterval = watchdogInterval }

  func notify(_ assignments: [ServiceAssignment]) { said.withLock { $0 += assignments } }
}

struct SteppingClock: AgentClock {
  let now = Timestamp(milliseconds: 4_000_000_000_000)
  private let start = ContinuousClock.now
  private let passed = SharedCount()
  /// Each look at the clock takes a millisecond.
  var monotonic: Duration { .milliseconds(passed.add(1)) }

  func instant(_ monotonic: Duration) -> ContinuousClock.Instant { start.advanced(by: monotonic) }

  func advance(bySeconds seconds: Int) { _ = passed.add(seconds * 1000) }
}

final class SharedCount: Sendable {
  private let value = Mutex(0)

  func add(_ more: Int) -> Int {
    value.withLock {
      $0 += more
      return $0
    }
  }
}

extension NodeInMemory {
  /// Whether a file below `/etc` has been written.
  var hasChangedFile: Bool { files.changes.contains { $0.hasPrefix("write /etc/") } }
}

/// Counts the signs of progress, and keeps what has been done at each of them.
final class CountingMark: ProgressMark {
  let begun = SharedCount()
  let done = Mutex<Set<[Int]>>([])
  private let count: @Sendable () -> [Int]

  init(_ count: @escaping @Sendable () -> [Int] = { [] }) { self.count = count }

  func begin() {
    _ = begun.add(1)
    let now = count()
    done.withLock { _ = $0.insert(now) }
  }

  func end() {}
}

/// Runs the loop through the script and returns everything that it published and said.
func runAgent(
  _ node: NodeInMemory, _ script: [Turn], features: FeatureFile? = nil, observeOnly: Bool = false,
  resync: Duration = .seconds(60), clock: SteppingClock = SteppingClock(),
  progress: CountingMark = CountingMark(), watchdogInterval: Duration? = nil,
  log lines: KeptLog.Lines = KeptLog.Lines(), level: Logger.Level = .info, paths: (any PathProofs)? = nil,
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
    paths: paths, log: Logger(label: "test") { _ in KeptLog(lines: lines, logLevel: level) },
    publish: { documents.append($0.document) }, rest: rest)
  agent.run()
  return (documents, notifier.said.withLock { $0 })
}
