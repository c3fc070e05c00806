package import MachineIntent
package import Modprobe
package import Reconcile

/// Makes one pass after another over a node: reads the intent, observes, decides, acts, and observes the result.
/// `Agent` handles time and events.
package struct Reconciler: ~Copyable {
  package struct Settings: Sendable {
    package var sources: IntentSources
    package var policy: UnblockPolicy
    /// Whether nothing may be changed.
    package var observeOnly: Bool
    /// How long after a change of the machine-config daemon's configuration nothing is written.
    package var settle: Duration
    /// The file for Node Feature Discovery; nil if there is to be none.
    package var features: FeatureFile?

    package init(
      sources: IntentSources, policy: UnblockPolicy, observeOnly: Bool = false, settle: Duration = .seconds(5),
      features: FeatureFile? = nil
    ) {
      self.sources = sources
      self.policy = policy
      self.observeOnly = observeOnly
      self.settle = settle
      self.features = features
    }
  }

  package let access: NodePorts
  package let settings: Settings
  /// The paths whose changes are a reason for a pass, as the node sees them.
  package let watchList: [String]
  private var observer: Observer
  private var applier: Applier
  private var intents = IntentCache()
  private var probes: [AddressFamily: ProbeReading] = [:]
  /// What the last pass observed around the drop-ins under the intent in force; nil if there has been none.
  private var lastSeen: Surroundings?
  private let lock: AgentLock?
  /// The process that changes the node while this one only observes; nil if no other process does.
  package private(set) var standbyFor: LockHolder?

  /// - Parameters:
  ///   - settings: what the agent is asked to do.
  ///   - access: the ports to the node.
  ///   - lock: nil for a process that takes none because it changes nothing, or is alone.
  package init(access: NodePorts, settings: Settings, lock: AgentLock? = nil) {
    self.access = access
    self.settings = settings
    self.lock = lock
    watchList =
      Self.directoriesLookedAtAgain + settings.sources.watchedNodePaths + [ModuleDirectory.of(access.kernelRelease)]
    observer = Observer(access)
    applier = Applier(access: access, ledger: Ledger(files: access.files))
  }

  /// Whether nothing may be changed: on request, or because another process changes the node.
  var onlyObserves: Bool { settings.observeOnly || standbyFor != nil }

  /// Takes the lock on the node, unless this process has it or needs none. Returns whether this process has just got
  /// it.
  ///
  /// - Parameter timeout: how long to wait for the process that has it.
  package mutating func takeLock(timeout: Duration = .zero) -> Bool {
    guard let lock, !settings.observeOnly else { return false }
    switch lock.take(timeout: timeout) {
    case .held(let isNew):
      standbyFor = nil
      return isNew
    case .refused(let holder):
      standbyFor = holder
      return false
    case .failed:
      standbyFor = nil
      return false
    }
  }

  /// Reads the intents, unless nothing about them has changed. An intent with an error leaves the last good one in
  /// force.
  ///
  /// - Parameters:
  ///   - now: the time.
  ///   - goesOn: once it returns false, the intent in force stays.
  package mutating func readIntent(at now: Timestamp, while goesOn: () -> Bool = { true }) {
    if intents.read(settings.sources, through: access, at: now, while: goesOn) { lastSeen = nil }
  }

  /// What `sweep` found of an agent that was killed while it was writing.
  package struct Sweep {
    package var removed: [String] = []
    /// The leftovers with bytes of other programs, and the paths where they are kept.
    package var kept: [(leftover: String, path: String)] = []
    package var failures: [FileFailure] = []

    /// The messages to log.
    package var notices: [String] {
      removed.map { "removed leftover \($0): an earlier agent was killed while writing it" }
        + kept.map { "kept the bytes of leftover \($0) as \($1): they are of a file that was changed at that moment" }
    }
  }

  /// Removes the temporary files of an earlier agent that was killed while writing, wherever this agent may write.
  package mutating func sweep() -> Sweep {
    var result = Sweep()
    let features = settings.features.map { [$0.directory] } ?? []
    let directories = WritablePath.Directory.allCases.map(\.rawValue) + Ledger.directories + features
    for directory in onlyObserves ? [] : directories {
      let isOfOthers = WritablePath.Directory(rawValue: directory) != nil
      do throws(FileFailure) {
        let removed = try access.files.removeLeftovers(in: directory) { (leftover) throws(FileFailure) in
          if isOfOthers, let path = try applier.ledger.keepLeftover(leftover) {
            result.kept.append((leftover.path, path))
          }
        }
        result.removed += removed
      } catch {
        result.failures.append(error)
      }
    }
    return result
  }

  /// The errors of the newest intent, and whether an older intent is in force.
  package var intent: (errors: [ConfigIssue], state: DesiredState?) { (intents.errors, intents.desired) }

  /// The directories that a pass reads again after it has changed something.
  static let directoriesLookedAtAgain = DropInSearchPath.modprobe + DropInSearchPath.modulesLoad

  /// What was observed, and what follows from it.
  package struct Look: Sendable {
    package private(set) var node: NodeState
    package let plan: Plan

    /// Whether a module is to be loaded.
    fileprivate var loads: Bool { plan.steps.contains { $0.path == nil } }

    /// Drops the bytes of the node's files.
    fileprivate mutating func forgetDropIns() {
      node = NodeState(surroundings: node.surroundings, modprobeDropIns: [[]], modulesLoadDropIns: [[]])
    }
  }

  /// Observes the node without deciding anything. An intent is not needed.
  package mutating func observe(also modules: [ModuleName]) -> NodeState {
    observer.observe(subjects(of: intents.desired, also: modules, inspects: true))
  }

  /// Observes and decides without acting. Returns nil if there is no valid intent. Throws if the ledger cannot be read,
  /// unless nothing would be written there.
  package mutating func look() throws(FileFailure) -> Look? {
    if let failure = readLedger() { throw failure }
    guard let desired = intents.desired else { return nil }
    return look(at: desired) { true }
  }

  /// Returns nil once `goesOn` has returned false.
  private mutating func look(
    at desired: DesiredState, reusing known: Observer.Reuse = .nothing, inspects: Bool = false, while goesOn: () -> Bool
  ) -> Look? {
    let node = observer.observe(subjects(of: desired, inspects: inspects), reusing: known, while: goesOn)
    guard goesOn() else { return nil }
    return Look(
      node: node,
      plan: Plan(desired: desired, node: node, policy: settings.policy, overridden: applier.ledger.overridden))
  }

  /// Makes one whole pass: observes, decides, acts, and observes the result.
  ///
  /// - Parameters:
  ///   - moment: what the pass has to know.
  ///   - found: called with the state of the tracked files, before anything is changed.
  ///   - goesOn: asked while the node is read, before each step and before each probe; false leaves the rest undone.
  ///   - acted: called when all steps are done, before the result is observed.
  package mutating func pass(
    _ moment: PassInput, found: (_ files: [TrackedFile]) -> Void = { _ in }, goesOn: () -> Bool = { true },
    acted: () -> Void = {}
  ) -> Pass {
    let ledgerFailure = readLedger()
    guard let desired = intents.desired else { return passWithoutLook(at: moment.now, isStopped: !goesOn()) }
    var isStopped = false
    func stillGoesOn() -> Bool {
      isStopped = isStopped || !goesOn()
      return !isStopped
    }
    guard var look = firstLook(at: desired, reusing: moment.reuse(of: lastSeen), while: stillGoesOn) else {
      return passWithoutLook(at: moment.now, isStopped: true)
    }
    found(look.plan.files)
    let hold = Hold(
      after: MachineConfigDaemonFiles.stamps(in: access.files).map(\.modified), at: moment.now, settle: settings.settle)
    let gate = WriteGate(isHeld: hold != nil, isUnrecorded: ledgerFailure != nil, paths: moment.resting)
    let due = onlyObserves ? [] : look.plan.steps.filter(gate.allows)
    if !due.isEmpty { lock?.describe() }
    let outcomes = applier.apply(due, node: look.node, at: moment.now, while: stillGoesOn)
    // A process that stops does not need another observation.
    if !due.isEmpty, !isStopped {
      acted()
      // The file of a module that was refused is worth opening: it may be damaged.
      let isRefused = outcomes.contains { if case .load? = $0.failure { true } else { false } }
      let known = look.loads ? Observer.Reuse.nothing : .modules(look.node.surroundings)
      // Two looks at once would take twice the memory.
      look.forgetDropIns()
      if let after = self.look(at: desired, reusing: known, inspects: isRefused, while: stillGoesOn) { look = after }
    }
    let (node, plan) = (look.node, look.plan)
    lastSeen = node.surroundings
    let probed = moment.probes && probe(node, at: moment.now, while: stillGoesOn)
    let observation = PassRecord(
      desired: desired, intentErrors: intents.errors, node: node, plan: plan, outcomes: outcomes, hold: hold,
      contended: moment.contended, probes: node.isUsable ? probes : [:], ledgerFailure: ledgerFailure,
      standbyFor: standbyFor, at: moment.now)
    let failed = outcomes.failedPaths
    let isOvertaken =
      !due.isEmpty
      && plan.steps.contains { step in
        step.path.map { !failed.contains(PathKey($0)) } == true && gate.allows(step)
      }
    return Pass(observation: observation, probed: probed, isOvertaken: isOvertaken, isStopped: isStopped)
  }

  private func passWithoutLook(at now: Timestamp, isStopped: Bool) -> Pass {
    Pass(
      observation: PassRecord(
        desired: nil, intentErrors: intents.errors, node: nil, plan: nil, standbyFor: standbyFor, at: now),
      probed: false, isOvertaken: false, isStopped: isStopped)
  }

  /// Returns nil once `goesOn` has returned false. Everything is read if a module is to be loaded.
  private mutating func firstLook(
    at desired: DesiredState, reusing known: Observer.Reuse, while goesOn: () -> Bool
  ) -> Look? {
    guard let look = look(at: desired, reusing: known, while: goesOn) else { return nil }
    if case .nothing = known { return look }
    return look.loads ? self.look(at: desired, while: goesOn) : look
  }

  /// Does the work that can wait until the pass is over and reported.
  package mutating func tidy() { if !onlyObserves { applier.ledger.foldIfLong() } }

  /// Reads the ledger if it has not been read. Returns why it cannot be read, or nil if it is known or not needed.
  private mutating func readLedger() -> FileFailure? {
    do throws(FileFailure) {
      try applier.ledger.read()
      return nil
    } catch {
      return onlyObserves ? nil : error
    }
  }

  /// Updates the file for Node Feature Discovery, if there is to be one.
  package func announce(usable: Bool, at now: Timestamp) throws(FileFailure) {
    guard let features = settings.features, !onlyObserves else { return }
    let current = try access.files.entry(features.path)
    if let step = features.step(usable: usable, current: current, at: now) { try applier.carryOut(step) }
  }

  private func subjects(
    of desired: DesiredState?, also modules: [ModuleName] = [], inspects: Bool
  ) -> Observer.Subjects {
    guard let desired else { return Observer.Subjects(modules: modules, inspects: inspects) }
    func names(_ principals: [DesiredFile.Principal?]) -> Set<String> {
      Set(
        principals.compactMap {
          if case .name(let name)? = $0 { return name }
          return nil
        })
    }
    return Observer.Subjects(
      modules: desired.wanted + desired.keptOut + modules, users: names(desired.files.map(\.user)),
      groups: names(desired.files.map(\.group)), files: desired.files.map(\.path), inspects: inspects)
  }

  /// Proves SCTP. Returns whether every address family was tried.
  private mutating func probe(_ node: NodeState, at now: Timestamp, while goesOn: () -> Bool) -> Bool {
    guard node.isUsable else {
      probes = [:]
      return false
    }
    for family in AddressFamily.allCases {
      guard goesOn() else { return false }
      let result = access.probe.loopback(family)
      if case .failure(let failure) = result, failure.isInterruption { return false }
      probes[family] = ProbeReading(result: result, at: now)
    }
    return true
  }
}

extension NodeState {
  /// Whether opening an SCTP socket loads nothing.
  fileprivate var isUsable: Bool { self.modules[ModuleName("sctp")]?.state.isUsable == true }
}

extension [Outcome] {
  /// The paths of the steps that failed.
  fileprivate var failedPaths: Set<PathKey> {
    Set(compactMap { $0.failure == nil ? nil : $0.step.path.map { PathKey($0) } })
  }
}

/// The reason why a file is not changed now.
private struct WriteGate {
  /// Whether the machine-config daemon may be changing files.
  let isHeld: Bool
  /// Whether a change could not be recorded.
  let isUnrecorded: Bool
  /// Other processes keep rewriting these.
  let paths: Set<String>

  func allows(_ step: Step) -> Bool {
    guard let path = step.path else { return true }
    return !isHeld && !isUnrecorded && !paths.contains(path)
  }
}
