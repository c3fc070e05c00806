package import Logging
package import Reconcile

/// The daemon's loop: waits for a reason to look, makes a pass, tells. One thread.
package final class Agent {
  package struct Settings: Sendable {
    package var resync: Duration
    package var probeInterval: Duration
    package var identity: AgentIdentity

    package init(resync: Duration, probeInterval: Duration, identity: AgentIdentity) {
      self.resync = resync
      self.probeInterval = probeInterval
      self.identity = identity
    }
  }

  /// What is told after every pass.
  package struct PassReport: Sendable {
    package let document: StatusDocument
    package let history: History
  }

  private var reconciler: Reconciler
  private let settings: Settings
  private let changes: any ChangeSource
  private let notifier: any ServiceNotifier
  private let clock: any AgentClock
  private let progress: any ProgressMark
  private let publish: (PassReport) -> Void
  private let rest: () -> Void
  private let log: Logger

  private var history = History()
  private var contention = Contention()
  private var schedule: Schedule
  private var converged = false
  /// When what no event tells of has to be looked at again, however many events there are.
  private var wholeLookDue = Duration.zero
  private var watchdogDue = Duration.zero
  private var lastStatus: String?
  private var lastFailures: Set<String> = []
  private var lastAnnouncementFailure: FileFailure?
  private var unwatched: Set<FileFailure> = []
  private var lastStandby: LockHolder?
  private var hasSwept = false
  /// How often a process that stands by tries to take over: the end of a lock is no event that could be watched.
  private static let takeoverInterval = Duration.seconds(1)

  /// - Parameters:
  ///   - reconciler: with its intents not read yet.
  ///   - progress: told when a pass begins, before each of its steps, and when it ends, for `/livez`.
  ///   - publish: given every pass's news, on the loop's thread.
  ///   - rest: called when a pass that only time called for is over, so that the next wait may be long.
  package init(
    reconciler: Reconciler, settings: Settings, changes: any ChangeSource, notifier: any ServiceNotifier,
    clock: any AgentClock, progress: any ProgressMark, log: Logger, publish: @escaping (PassReport) -> Void,
    rest: @escaping () -> Void
  ) {
    self.reconciler = reconciler
    self.settings = settings
    self.changes = changes
    self.notifier = notifier
    self.clock = clock
    self.progress = progress
    self.publish = publish
    self.rest = rest
    self.log = log
    schedule = Schedule(resync: settings.resync, probeInterval: settings.probeInterval)
  }

  /// Runs until SIGTERM or SIGINT.
  package func run() {
    look()
    notifier.notify([.ready, .status(lastStatus ?? "")])
    rest()
    var stopping = false
    while !stopping {
      let wakes = changes.wait(until: deadline)
      if wakes.contains(.terminate) {
        stopping = true
        continue
      }
      feedWatchdog()
      if wakes.contains(.modulesChanged) { schedule.forgetProbe() }
      if wakes.contains(.reload) {
        log.info("reloading the intents (SIGHUP)")
        notifier.notify([.reloading])
        look()
        notifier.notify([.ready])
      } else if wakes.contains(.filesChanged) || wakes.contains(.modulesChanged) {
        look(isAboutFiles: wakes == [.filesChanged] && clock.monotonic < wholeLookDue)
      } else if reconciler.standbyFor != nil, takesOver() {
        look()
      } else if schedule.passIsDue(at: clock.monotonic) {
        look()
        rest()
      }
    }
    log.notice("stopping on request")
    notifier.notify([.stopping])
    announce(usable: false)
  }

  private var deadline: ContinuousClock.Instant? {
    let watchdog = notifier.watchdogInterval.map { _ in watchdogDue }
    let takeover = reconciler.standbyFor.map { _ in clock.monotonic + Self.takeoverInterval }
    return [schedule.deadline, watchdog, takeover].compactMap(\.self).min().map(clock.instant)
  }

  /// Takes the lock on the node if it is free, and says who has it if it is not. Returns whether this process has just
  /// got it, and has removed what its predecessor left.
  private func takesOver() -> Bool {
    let isNew = reconciler.takeLock()
    if reconciler.standbyFor != lastStandby {
      if let holder = reconciler.standbyFor {
        log.warning("\(holder) changes this node: this agent only observes, and takes over when that process ends")
      } else {
        log.notice("the other agent has ended: this agent changes the node from now on")
      }
      lastStandby = reconciler.standbyFor
    }
    if !reconciler.onlyObserves, isNew || !hasSwept {
      sweep()
      hasSwept = true
    }
    return isNew
  }

  /// Shows the manager a sign of life, where one is due.
  private func feedWatchdog() {
    guard let interval = notifier.watchdogInterval else { return }
    let now = clock.monotonic
    guard now >= watchdogDue else { return }
    notifier.notify([.watchdog])
    watchdogDue = now + interval
  }

  /// Asked before each step of a pass: however many there are, the loop is seen to move on. False once it is to stop.
  private func goesOn() -> Bool {
    progress.begin()
    feedWatchdog()
    return !changes.isTerminating
  }

  /// What a predecessor's death left behind.
  private func sweep() {
    let (removed, failures) = reconciler.sweep()
    for path in removed { log.notice("removed \(path): a predecessor died while it was writing") }
    for failure in failures { log.warning("\(failure)") }
  }

  /// Sets the watches, and those that could not be set once more.
  private func watch() {
    let failures = changes.watch(node: reconciler.watchList, own: reconciler.settings.sources.watchedOwnPaths)
    for failure in failures where !unwatched.contains(failure) {
      log.warning("\(failure); changes there are seen at the next resync only")
    }
    unwatched = Set(failures)
  }

  private func look(isAboutFiles: Bool = false) {
    progress.begin()
    defer { progress.end() }
    _ = takesOver()
    watch()
    let started = clock.monotonic
    let now = clock.now
    if !isAboutFiles { wholeLookDue = started + settings.resync }
    reconciler.readIntent(at: now)
    let contended = contention.contended
    let moment = Reconciler.PassInput(
      now: now, resting: contended.filter { !contention.mayRepair($0, at: started) }, contended: contended,
      probes: schedule.probeIsDue(at: started), isAboutFiles: isAboutFiles)
    do {
      let pass = try reconciler.pass(
        moment, found: { note($0, areAll: $1, at: now, monotonic: started) }, goesOn: goesOn,
        acted: changes.forgetFileChanges)
      take(pass, startedAt: started)
    } catch {
      fail(error, startedAt: started)
    }
    reconciler.tidy()
  }

  private func note(_ files: [TrackedFile], areAll: Bool, at now: Timestamp, monotonic: Duration) {
    for file in history.found(files, areAll: areAll, converged: converged, at: now) {
      log.notice("drift: \(file.path): \(file.drift?.sentence ?? "differs")")
      contention.seenDrifted(file.path, at: monotonic)
    }
  }

  private func take(_ pass: Reconciler.Pass, startedAt: Duration) {
    var observation = pass.observation
    record(observation.outcomes)
    let drifted = Set((observation.plan?.files ?? []).filter { $0.drift != nil }.map(\.path))
    for path in contention.settle(drifted: drifted, planned: observation.plan?.files, at: startedAt) {
      log.notice("\(path) has been left alone: repairs are immediate again")
    }
    observation.contended = contention.contended
    if pass.probed { schedule.probed(at: clock.monotonic) }

    let document = StatusDocument(observation, agent: settings.identity, history: &history)
    converged = converged || document.ready
    schedule.passed(
      at: clock.monotonic,
      leaving: .init(
        isOvertaken: pass.isOvertaken,
        failed: observation.outcomes.contains { $0.failure != nil } || document.conditions.contains { $0.isRetried },
        heldUntil: pass.heldUntil.map { clock.monotonic + clock.untilReached($0) },
        // Of the pass's beginning: a back-off that ended since has not been heeded.
        contendedUntil: contention.nextLook(after: startedAt),
        probes: !observation.probes.isEmpty))
    tell(document, took: clock.monotonic - startedAt)
  }

  private func fail(_ failed: Reconciler.PassFailure, startedAt: Duration) {
    record(failed.outcomes, endedBy: failed.failure)
    let observation = PassRecord(
      desired: reconciler.intent.state, intentErrors: reconciler.intent.errors, node: nil, plan: nil,
      standbyFor: reconciler.standbyFor, at: clock.now)
    let document = StatusDocument(observation, agent: settings.identity, history: &history)
    schedule.passed(at: clock.monotonic, leaving: .init(failed: true))
    tell(document, took: clock.monotonic - startedAt)
  }

  /// Takes in and says what became of a pass's steps.
  private func record(_ outcomes: [Outcome], endedBy failure: FileFailure? = nil) {
    let contended = contention.contended
    for outcome in outcomes {
      if let path = outcome.step.path, outcome.failure == nil { contention.repaired(path, at: clock.monotonic) }
    }
    for path in contention.contended.subtracting(contended) {
      log.warning("\(path) is rewritten by somebody else again and again; repairs back off")
    }
    history.acted(outcomes)
    for outcome in outcomes where outcome.failure == nil { log.notice("done: \(outcome.step)") }
    say(outcomes.compactMap(\.failure?.description) + (failure.map { [$0.description] } ?? []), areAll: failure == nil)
  }

  /// Each failure when it is new.
  ///
  /// - Parameter areAll: false: there may be others that have not been come to.
  private func say(_ failures: [String], areAll: Bool) {
    for failure in failures where !lastFailures.contains(failure) { log.error("\(failure)") }
    lastFailures = areAll ? Set(failures) : lastFailures.union(failures)
  }

  private func tell(_ document: StatusDocument, took duration: Duration) {
    let status =
      document.ready ? "Ready: \(document.message)" : "Not ready: \(document.reason.rawValue): \(document.message)"
    if status != lastStatus {
      log.log(level: document.ready ? .notice : .warning, "\(status)")
      notifier.notify([.status(status)])
      lastStatus = status
    }
    announce(usable: document.isSCTPUsable)
    history.reconciled(in: duration, at: clock.now)
    publish(PassReport(document: document, history: history))
  }

  /// A failure is said once, and does not make the node less usable.
  private func announce(usable: Bool) {
    do throws(FileFailure) {
      try reconciler.announce(usable: usable, at: clock.now)
      lastAnnouncementFailure = nil
    } catch {
      if error != lastAnnouncementFailure { log.error("\(error)") }
      lastAnnouncementFailure = error
    }
  }
}

extension Condition {
  /// True of a state that may end without any event that the agent could see.
  fileprivate var isRetried: Bool {
    status == .no && (type == .filesInSync || type == .moduleLoaded) && reason != .held && reason != .contended
  }
}
