package import MachineIntent
package import Modprobe
package import Reconcile

/// One pass after another over a node: read the intent, look, decide, act, look again. Knows nothing of time-outs and
/// events; those are `Agent`'s.
package struct Reconciler {
  package struct Settings: Sendable {
    package var sources: IntentSources
    package var policy: UnblockPolicy
    /// Reports and touches nothing.
    package var observeOnly: Bool
    /// How long after a change of the machine-config daemon's configuration nothing is written.
    package var settle: Duration
    /// nil: Node Feature Discovery is told nothing.
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

  /// What a pass is told by its caller.
  package struct PassInput: Sendable {
    package var now: Timestamp
    /// Paths that must not be repaired now: somebody else keeps rewriting them.
    package var resting: Set<String>
    package var contended: Set<String>
    package var probes: Bool
    /// True where only an event about files is the reason for the pass.
    package var isAboutFiles: Bool

    package init(
      now: Timestamp, resting: Set<String> = [], contended: Set<String> = [], probes: Bool = true,
      isAboutFiles: Bool = false
    ) {
      self.now = now
      self.resting = resting
      self.contended = contended
      self.probes = probes
      self.isAboutFiles = isAboutFiles
    }
  }

  /// What a pass did and learnt.
  package struct Pass: Sendable {
    package let observation: PassRecord
    /// When the hold ends; nil: nothing is held.
    package let heldUntil: Timestamp?
    /// True where the probes are of this pass.
    package let probed: Bool
    /// True where somebody changed a file while the pass was under way: there is more to do already.
    package let isOvertaken: Bool
  }

  /// What kept a pass from its end, and what it had done by then.
  package struct PassFailure: Error, Sendable, CustomStringConvertible {
    package let failure: FileFailure
    package let outcomes: [Outcome]

    package var description: String { failure.description }
  }

  package let access: NodePorts
  package let settings: Settings
  private(set) var observer: Observer
  var applier: Applier
  private(set) var desired: DesiredState?
  private var intentErrors: [ConfigIssue] = []
  /// nil: they have to be read.
  private var intentStamps: IntentSources.Stamps?
  /// Of the machine-config daemon's files, and when that was; nil: it could not be told.
  private(set) var managedStamps: (stamps: [FileStamp], at: Timestamp)?
  private var probes: [AddressFamily: ProbeReading] = [:]
  /// What the last pass saw under the intent that is in force; nil: there has been none.
  private var lastSeen: NodeState?
  private let lock: AgentLock?
  /// The process that changes the node while this one only observes. nil: no other process does.
  package private(set) var standbyFor: LockHolder?

  /// - Parameter lock: nil for a process that takes none because it changes nothing, or is alone.
  package init(access: NodePorts, settings: Settings, lock: AgentLock? = nil) {
    self.access = access
    self.settings = settings
    self.lock = lock
    observer = Observer(access)
    applier = Applier(access: access, ledger: Ledger(files: access.files))
  }

  /// Whether nothing may be changed: on request, or because another process changes the node.
  var onlyObserves: Bool { settings.observeOnly || standbyFor != nil }

  /// Takes the lock on the node, unless this process has it or needs none. Returns whether this process has just got it.
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

  /// Reads the intents, unless they are what they were. An intent with an error leaves the last good one in force.
  package mutating func readIntent(at now: Timestamp) {
    let current = settings.sources.stamps(access)
    managedStamps = current.map { ($0.managed, now) }
    let stamps = current.flatMap { $0.areSettled(at: now) ? $0 : nil }
    if let stamps, stamps == intentStamps { return }
    intentStamps = stamps
    let reading = settings.sources.read(access)
    if let state = reading.state {
      desired = state
      intentErrors = []
      lastSeen = nil
    } else {
      intentErrors = reading.issues.filter { $0.severity == .error }
      // It may have been unreadable for a moment only.
      intentStamps = nil
    }
  }

  /// Removes what a predecessor left behind when it died while it was writing, wherever this agent may write.
  package func sweep() -> (removed: [String], failures: [FileFailure]) {
    var removed: [String] = []
    var failures: [FileFailure] = []
    let features = settings.features.map { [$0.directory] } ?? []
    let directories = WritablePath.Directory.allCases.map(\.rawValue) + Ledger.directories + features
    for directory in onlyObserves ? [] : directories {
      do throws(FileFailure) {
        removed += try access.files.removeLeftovers(in: directory)
      } catch {
        failures.append(error)
      }
    }
    return (removed, failures)
  }

  /// The errors of the newest intent, and whether an older one stands in for it.
  package var intent: (errors: [ConfigIssue], state: DesiredState?) { (intentErrors, desired) }

  /// Everything whose change is a reason to look again, as the node sees it.
  package var watchList: [String] {
    DropInSearchPath.modprobe + DropInSearchPath.modulesLoad + settings.sources.watchedNodePaths
      + [ModuleDirectory.of(access.kernelRelease)]
  }

  /// Looks without deciding; works without an intent.
  package mutating func observe(also modules: [ModuleName]) throws(FileFailure) -> NodeState {
    guard let desired else { return try observer.observe(modules: modules, inspects: true) }
    return try observe(desired, also: modules, inspects: true)
  }

  /// Looks and decides without acting; nil: there is no valid intent. Throws also where the ledger cannot be read, unless
  /// nothing would be written there.
  package mutating func look() throws(FileFailure) -> (NodeState, Plan)? {
    if let failure = readLedger() { throw failure }
    return try look(knowing: .nothing)
  }

  private mutating func look(
    knowing known: Observer.Reuse, inspects: Bool = false, glance: Observer.DropInListing? = nil
  ) throws(FileFailure) -> (NodeState, Plan)? {
    guard let desired else { return nil }
    let node = try observe(desired, also: [], inspects: inspects, known: known, glance: glance)
    return (
      node,
      Plan(desired: desired, node: node, policy: settings.policy, overridden: applier.ledger.overridden)
    )
  }

  /// One whole pass.
  ///
  /// - Parameters:
  ///   - found: is told what a look found, before anything is changed, and whether that is all that the agent answers
  ///     for.
  ///   - goesOn: is asked before each step and each probe; false leaves the rest undone.
  ///   - acted: is told that all is done, before the look that says what came of it.
  package mutating func pass(
    _ moment: PassInput, found: (_ files: [TrackedFile], _ areAll: Bool) -> Void = { _, _ in },
    goesOn: () -> Bool = { true }, acted: () -> Void = {}
  ) throws(PassFailure) -> Pass {
    var outcomes: [Outcome] = []
    do throws(FileFailure) {
      return try pass(moment, into: &outcomes, found: found, goesOn: goesOn, acted: acted)
    } catch {
      throw PassFailure(failure: error, outcomes: outcomes)
    }
  }

  private mutating func pass(
    _ moment: PassInput, into outcomes: inout [Outcome], found: (_ files: [TrackedFile], _ areAll: Bool) -> Void,
    goesOn: () -> Bool, acted: () -> Void
  ) throws(FileFailure) -> Pass {
    let ledgerFailure = readLedger()
    // Until this pass has ended well, what an earlier one saw is nothing to go by.
    let seen = moment.isAboutFiles ? lastSeen : nil
    lastSeen = nil
    var glance: Observer.DropInListing?
    if let seen, ledgerFailure == nil {
      (outcomes, glance) = try repairDeclared(moment, seen, found: found, goesOn: goesOn, acted: acted)
    }
    guard let desired, let (node, plan) = try firstLook(seen, glance) else {
      return Pass(
        observation: PassRecord(
          desired: nil, intentErrors: intentErrors, node: nil, plan: nil, standbyFor: standbyFor, at: moment.now),
        heldUntil: nil, probed: false, isOvertaken: false)
    }
    found(plan.files, true)
    let hold = hold(after: try MachineConfigDaemonFiles.stamps(in: access.files), at: moment.now)
    let waits = WriteGate(isHeld: hold != nil, isUnrecorded: ledgerFailure != nil, paths: moment.resting)
    let due = onlyObserves ? [] : plan.steps.filter { waits.allow($0) && !outcomes.haveFailed($0) }
    outcomes += applier.apply(due, node: node, owners: plan.owners, at: moment.now, while: goesOn)
    var (after, left) = (node, plan)
    if !due.isEmpty {
      acted()
      // The file of a module that was refused is worth opening: it may be damaged.
      let isRefused = outcomes.contains { if case .load? = $0.failure { true } else { false } }
      (after, left) =
        try look(knowing: plan.loads ? .nothing : .modules(of: node), inspects: isRefused) ?? (node, plan)
    }
    lastSeen = after
    let probed = moment.probes && probe(after, at: moment.now, while: goesOn)
    let observation = PassRecord(
      desired: desired, intentErrors: intentErrors, node: after, plan: left, outcomes: outcomes,
      hold: hold?.sentence,
      contended: moment.contended, probes: after.isUsable ? probes : [:], ledgerFailure: ledgerFailure,
      standbyFor: standbyFor, at: moment.now)
    let isOvertaken =
      !due.isEmpty && left.steps.contains { $0.path != nil && waits.allow($0) && !outcomes.haveFailed($0) }
    return Pass(observation: observation, heldUntil: hold?.end, probed: probed, isOvertaken: isOvertaken)
  }

  /// What takes a while, and can wait until the pass is over and told.
  package mutating func tidy() { if !onlyObserves { applier.ledger.foldIfLong() } }

  /// nil: it is known, or it need not be, as nothing is to be written there.
  private mutating func readLedger() -> FileFailure? {
    do throws(FileFailure) {
      try applier.ledger.read()
      return nil
    } catch {
      return onlyObserves ? nil : error
    }
  }

  /// Tells Node Feature Discovery whether SCTP is usable here, where it is to be told.
  package func announce(usable: Bool, at now: Timestamp) throws(FileFailure) {
    guard let features = settings.features, !onlyObserves else { return }
    let current = try access.files.entry(features.path)
    if let step = features.step(usable: usable, current: current, at: now) { try applier.carryOut(step) }
  }

  private mutating func firstLook(
    _ seen: NodeState?, _ glance: Observer.DropInListing?
  ) throws(FileFailure) -> (NodeState, Plan)? {
    if let seen, let (node, plan) = try look(knowing: .kernel(of: seen), glance: glance), !plan.loads {
      return (node, plan)
    }
    return try look(knowing: .nothing)
  }

  private mutating func observe(
    _ desired: DesiredState, also modules: [ModuleName], inspects: Bool = false,
    known: Observer.Reuse = .nothing, glance: Observer.DropInListing? = nil
  ) throws(FileFailure) -> NodeState {
    func names(_ principals: [DesiredFile.Principal?]) -> Set<String> {
      Set(
        principals.compactMap {
          if case .name(let name)? = $0 { return name }
          return nil
        })
    }
    return try observer.observe(
      modules: desired.wanted + desired.keptOut + modules, users: names(desired.files.map(\.user)),
      groups: names(desired.files.map(\.group)), inspects: inspects, known: known, glance: glance)
  }

  /// True where every address family was tried.
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
  /// True where opening an SCTP socket loads nothing.
  fileprivate var isUsable: Bool { modules[ModuleName("sctp")]?.state.isUsable == true }
}

extension [Outcome] {
  fileprivate func haveFailed(_ step: Step) -> Bool { contains { $0.failure != nil && $0.step.path == step.path } }
}

extension Plan {
  fileprivate var loads: Bool { steps.contains { $0.path == nil } }

  var owners: [String: TrackedFile.Owner] {
    Dictionary(files.map { ($0.path, $0.owner) }, uniquingKeysWith: { first, _ in first })
  }
}
