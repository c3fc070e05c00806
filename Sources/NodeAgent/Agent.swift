package import Logging
package import Reconcile

/// The daemon's loop: waits for a reason, makes a pass, reports. It runs on one thread.
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

  /// What is published after every pass.
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
  private let paths: (any PathProofs)?
  private let publish: (PassReport) -> Void
  private let rest: () -> Void
  private let notes: () -> [String]
  private let log: Logger

  private var history = History()
  private var contention = Contention()
  private var schedule: Schedule
  private var converged = false
  /// When the facts that no event reports have to be read again, even if file events keep coming.
  private var wholeLookDue = Duration.zero
  private var watchdogDue = Duration.zero
  private var lastStatus: String?
  private var failedSteps = SaidOnce<StepFailure>()
  private var failedAnnouncements = SaidOnce<FileFailure>()
  private var unwatched = SaidOnce<FileFailure>()
  private var unread = SaidOnce<FileFailure>()
  /// What has been logged about contended paths since their last repair.
  private var saidInFight: Set<String> = []
  private var lastStandby: LockHolder?
  private var hasSwept = false
  /// How often an agent on standby tries to take over. No event reports the end of a lock.
  private static let takeoverInterval = Duration.seconds(1)
  /// The document of the last pass, without the paths.
  private var lastDocument: StatusDocument?
  private var pathLog = PathLog()

  /// - Parameters:
  ///   - reconciler: a reconciler that has not read its intents yet.
  ///   - progress: notified when a pass begins, before each of its steps, and when it ends, for `/livez`.
  ///   - paths: the proofs of the paths to other nodes; nil if none are made and no echo is served.
  ///   - publish: called with the report of every pass, on the loop's thread.
  ///   - rest: called after a pass that only a timer asked for, because the next wait may be long.
  ///   - notes: returns the agent's notes about itself.
  package init(
    reconciler: consuming Reconciler, settings: Settings, changes: any ChangeSource, notifier: any ServiceNotifier,
    clock: any AgentClock, progress: any ProgressMark, paths: (any PathProofs)? = nil, log: Logger,
    publish: @escaping (PassReport) -> Void, rest: @escaping () -> Void,
    notes: @escaping () -> [String] = { [] }
  ) {
    self.reconciler = reconciler
    self.settings = settings
    self.changes = changes
    self.notifier = notifier
    self.clock = clock
    self.progress = progress
    self.paths = paths
    self.publish = publish
    self.rest = rest
    self.notes = notes
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
      log.debug("woken by \(wakes.map(\.cause).sorted().joined(separator: ", "))")
      if wakes.contains(.terminate) {
        stopping = true
        continue
      }
      feedWatchdog()
      if wakes.contains(.modulesChanged) { schedule.forgetProbe() }
      if wakes.contains(.pathsChanged) { publishPaths() }
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

  /// Takes the lock on the node if it is free, and logs who has it if it is not. Returns whether this process has just
  /// got it and removed the leftovers of an earlier agent.
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

  /// Notifies the service manager's watchdog, if that is due.
  private func feedWatchdog() {
    guard let interval = notifier.watchdogInterval else { return }
    let now = clock.monotonic
    guard now >= watchdogDue else { return }
    notifier.notify([.watchdog])
    watchdogDue = now + interval
  }

  /// Reports progress before each step of a pass. Returns whether the pass may go on.
  private func goesOn() -> Bool {
    progress.begin()
    feedWatchdog()
    return !changes.isTerminating
  }

  /// Removes the leftovers of an agent that was killed.
  private func sweep() {
    let sweep = reconciler.sweep()
    for notice in sweep.notices { log.notice("\(notice)") }
    for failure in sweep.failures { log.warning("\(failure)") }
  }

  /// Sets the watches, and retries those that could not be set.
  private func watch() {
    let failures = changes.watch(node: reconciler.watchList, own: reconciler.settings.sources.watchedOwnPaths)
    for failure in unwatched.news(in: failures) {
      log.warning(
        "\(failure); changes there will not be noticed before the next resync", metadata: .init(failure))
    }
  }

  private func look(isAboutFiles: Bool = false) {
    progress.begin()
    defer { progress.end() }
    _ = takesOver()
    watch()
    let started = clock.monotonic
    let now = clock.now
    if !isAboutFiles { wholeLookDue = started + settings.resync }
    reconciler.readIntent(at: now, while: goesOn)
    let contended = contention.contended
    let moment = Reconciler.PassInput(
      now: now, resting: contended.filter { !contention.mayRepair($0, at: started) }, contended: contended,
      probes: schedule.probeIsDue(at: started), isAboutFiles: isAboutFiles,
      changedEntries: changes.takeChangedEntries())
    let pass = reconciler.pass(
      moment, found: { note($0, at: now, monotonic: started) }, goesOn: goesOn,
      acted: { changes.forgetFileChanges(in: Reconciler.directoriesLookedAtAgain) })
    guard !pass.isStopped else { return record(pass.observation.outcomes) }
    take(pass, startedAt: started)
    reconciler.tidy()
  }

  private func note(_ files: [TrackedFile], at now: Timestamp, monotonic: Duration) {
    for file in history.found(files, converged: converged, at: now) {
      let line = "drift: \(file.path): \(file.drift?.sentence ?? "differs")"
      if !contention.contended.contains(file.path) || saidInFight.insert(line).inserted {
        log.notice("\(line)", metadata: .init(path: file.path))
      }
      contention.seenDrifted(file.path, at: monotonic)
    }
  }

  private func take(_ pass: Reconciler.Pass, startedAt: Duration) {
    var observation = pass.observation
    record(observation.outcomes)
    for failure in unread.news(in: observation.node?.unreadable ?? []) {
      log.warning("unknown, because \(failure)", metadata: .init(failure))
    }
    let drifted = Set((observation.plan?.files ?? []).filter { $0.drift != nil }.map(\.path))
    for path in contention.settle(drifted: drifted, planned: observation.plan?.files, at: startedAt) {
      log.notice("\(path) is no longer contended; repairs are immediate again", metadata: .init(path: path))
    }
    observation.contended = contention.contended
    for path in contention.contended {
      observation.backOffEnds[path] = contention.backOffEnd(of: path, after: startedAt).map(wallClock)
    }
    observation.agentNotes = notes()
    if pass.probed { schedule.probed(at: clock.monotonic) }

    let document = StatusDocument(observation, agent: settings.identity, history: &history)
    converged = converged || document.ready
    schedule.passed(
      at: clock.monotonic,
      leaving: .init(
        isOvertaken: pass.isOvertaken,
        failed: observation.outcomes.contains { $0.failure != nil } || document.conditions.contains { $0.isRetried },
        heldUntil: observation.hold.map { clock.monotonic + clock.untilReached($0.end) },
        // The time is that of the start of the pass, because the pass did not know of a back-off that ended later.
        contendedUntil: contention.nextLook(after: startedAt),
        probes: !observation.probes.isEmpty))
    let took = clock.monotonic - startedAt
    trace(observation, document, took: took)
    report(document, took: took)
  }

  /// Logs the result of a pass in detail, so that a reader can see why it decided as it did.
  private func trace(_ observation: PassRecord, _ document: StatusDocument, took duration: Duration) {
    guard log.logLevel <= .debug else { return }
    let drifted = document.files.count { $0.state != .inSync }
    log.debug(
      """
      the pass took \(Int(duration / .milliseconds(1))) ms: \(observation.outcomes.count) steps, \(drifted) of \
      \(document.files.count) files not in sync; the next pass is in \
      \(schedule.deadline.map { Int(($0 - clock.monotonic) / .seconds(1)) } ?? 0) s at the latest
      """)
    for condition in document.conditions {
      log.trace(
        "\(condition.type.rawValue) is \(condition.status.rawValue) (\(condition.reason.rawValue)): \(condition.message)",
        metadata: .init(condition))
    }
    for file in document.files {
      log.trace("\(file.path) is \(file.state.rawValue)", metadata: .init(path: file.path))
    }
    for module in document.modules {
      log.trace("module \(module.name) is \(module.state.rawValue)", metadata: ["module": "\(module.name)"])
    }
  }

  /// Returns the time of the wall clock that belongs to a time of the monotonic clock.
  private func wallClock(at monotonic: Duration) -> Timestamp {
    let left = (monotonic - clock.monotonic) / .milliseconds(1)
    return Timestamp(milliseconds: clock.now.milliseconds + Int64(left))
  }

  /// Records and logs the outcomes of a pass's steps.
  private func record(_ outcomes: [Outcome]) {
    let contended = contention.contended
    for outcome in outcomes {
      if let path = outcome.step.path, outcome.failure == nil { contention.repaired(path, at: clock.monotonic) }
    }
    for path in contention.contended.subtracting(contended) {
      log.warning(
        "something else keeps rewriting \(path); backing off",
        metadata: ["path": "\(path)", "reason": "\(Condition.Reason.contended.rawValue)"])
    }
    if outcomes.contains(where: { $0.failure == nil && $0.step.path != nil }) || contention.contended.isEmpty {
      saidInFight = []
    }
    history.acted(outcomes, at: clock.now)
    for outcome in outcomes where outcome.failure == nil {
      log.notice("done: \(outcome.step)", metadata: .init(outcome.step))
    }
    for failure in failedSteps.news(in: outcomes.compactMap(\.failure)) {
      log.error("\(failure)", metadata: .init(failure))
    }
  }

  private func report(_ document: StatusDocument, took duration: Duration) {
    lastDocument = document
    var document = document
    if let paths {
      if let isLoaded = document.isSCTPLoaded { paths.allow(isLoaded) }
      update(&document, from: paths)
    }
    let status =
      document.ready ? "Ready: \(document.message)" : "Not ready: \(document.reason.rawValue): \(document.message)"
    if status != lastStatus {
      if contention.contended.isEmpty || saidInFight.insert(status).inserted {
        log.log(
          level: document.ready ? .notice : .warning, "\(status)",
          metadata: document.headlineCondition.map { .init($0) } ?? [:])
      }
      notifier.notify([.status(status)])
      lastStatus = status
    }
    announce(usable: document.isSCTPUsable)
    history.reconciled(in: duration, at: clock.now)
    publish(PassReport(document: document, history: history))
  }

  /// Publishes a new round of proofs together with what the last pass found.
  private func publishPaths() {
    guard let paths, var document = lastDocument else { return }
    update(&document, from: paths)
    publish(PassReport(document: document, history: history))
  }

  private func update(_ document: inout StatusDocument, from paths: any PathProofs) {
    document.update(paths.record, history: &history, at: clock.now)
    if let failure = paths.echoFailure { document.notes.append(failure) }
    for news in pathLog.news(of: paths) { log.log(level: news.level, "\(news.line)", metadata: news.fields) }
    for reading in paths.record?.readings ?? [] {
      log.trace("path to \(reading.subject): \(reading.reason.rawValue)", metadata: .init(reading))
    }
  }

  /// Updates the file for Node Feature Discovery. A failure is logged once. It has no effect on readiness.
  private func announce(usable: Bool) {
    do throws(FileFailure) {
      try reconciler.announce(usable: usable, at: clock.now)
      _ = failedAnnouncements.news(in: [])
    } catch {
      for failure in failedAnnouncements.news(in: [error]) { log.error("\(failure)", metadata: .init(failure)) }
    }
  }
}

extension StatusDocument {
  /// The first condition that keeps the node from being Ready; `Ready` itself if none does.
  fileprivate var headlineCondition: Condition? {
    conditions.first { $0.type != .ready && $0.type != .pathsProved && $0.status != .yes }
      ?? conditions.first { $0.type == .ready }
  }
}

extension Condition {
  /// Whether the state can end without an event that the agent sees.
  fileprivate var isRetried: Bool {
    status == .no && (type == .filesInSync || type == .moduleLoaded) && reason != .held && reason != .contended
  }
}
