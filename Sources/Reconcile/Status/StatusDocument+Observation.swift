package import MachineIntent
package import Modprobe

extension StatusDocument {
  /// Makes the report of a pass, and gives its conditions the times that the history has.
  package init(_ observation: PassRecord, agent: AgentIdentity, history: inout History) {
    let verdicts = observation.verdicts(for: agent)
    history.read(observation.desired, errors: observation.intentErrors, at: observation.at)
    let conditions = history.stamp(
      Conditions(observation, verdicts: verdicts, observeOnly: agent.observeOnly).all, at: observation.at)
    let ready = conditions[conditions.count - 1]
    let kernel = observation.node?.kernel
    self.init(
      node: agent.node, ready: ready.status == .yes, reason: ready.reason, message: ready.message,
      observedAt: observation.at.description,
      agent: Agent(
        version: agent.version, mode: agent.mode, pid: agent.pid, startedAt: agent.startedAt.description,
        unblock: agent.policy, observeOnly: agent.observeOnly,
        standby: observation.standbyFor != nil),
      kernel: Kernel(kernel, otherKernels: observation.node?.otherKernels ?? []),
      userland: Userland(
        kmod: observation.node?.userland.kmod?.description, systemd: observation.node?.userland.systemd?.description),
      intent: Intent(observation),
      conditions: conditions,
      files: File.all(observation, history: history),
      modules: Module.all(observation, verdicts: verdicts),
      probe: Dictionary(
        uniqueKeysWithValues: observation.probes.map { ("loopback\($0.key == .ipv4 ? "4" : "6")", Probe($0.value)) }),
      dataPath: DataPath(
        conntrackSCTP: kernel?.conntrackSCTP.map { $0 ? "present" : "absent" } ?? "unknown"),
      drift: DriftCount(
        total: history.driftTotal, lastAt: history.lastDrift?.at.description, lastPath: history.lastDrift?.path),
      paths: [], notes: Self.notes(observation), recent: history.recent)
  }

  /// Adds what is known of the paths to other nodes; everything else stays as the last pass found it.
  package mutating func update(_ paths: PathRecord?, history: inout History, at now: Timestamp) {
    guard let paths else { return }
    self.paths = paths.readings.map(Path.init)
    conditions.removeAll { $0.type == .pathsProved }
    conditions += history.stamp([Condition(paths)], at: now)
    history.proved(paths.readings)
    recent = history.recent
  }

  /// Whether SCTP works and should. Ready alone can mean that SCTP is kept out, as the intent wants.
  package var isSCTPUsable: Bool {
    ready && conditions.contains { $0.type == .protocolUsable && $0.reason == .proved }
  }

  /// Whether sctp is loaded, or nil if the last pass could not find out. Where the intent does not ask for sctp, nothing
  /// is known of it.
  package var isSCTPLoaded: Bool? {
    guard let usable = conditions.first(where: { $0.type == .protocolUsable }) else { return nil }
    switch usable.reason {
    case .proved, .probeFailed: return true
    case .moduleNotLoaded, .notWanted: return false
    default: return nil
    }
  }

  private static func notes(_ observation: PassRecord) -> [String] {
    let standby = observation.standbyFor.map { holder in
      "\(holder) changes this node; this agent only observes, and takes over when that process ends"
    }
    let own = [standby].compactMap(\.self) + observation.agentNotes
    guard let node = observation.node, let desired = observation.desired else { return own }
    let all = (own + Notes.all(of: desired.wanted + desired.keptOut, node: node)).map { $0.elided(to: longestText) }
    let left = all.count - mostNotes
    return left <= 0 ? all : all.prefix(mostNotes) + ["\(left) more \(left == 1 ? "note is" : "notes are") left out"]
  }

  /// The largest number of rules that a way lists.
  package static let mostRules = 64
  static let mostNotes = 64
  /// The longest text of a rule or a note, in characters.
  static let longestText = 512
}

extension StatusDocument.Kernel {
  /// - Parameters:
  ///   - otherKernels: the other kernels that are installed.
  ///   - kernel: nil if the node has not been observed.
  package init(_ kernel: KernelState?, otherKernels: [InstalledKernel]) {
    self.init(
      release: kernel?.release ?? "", bootID: kernel?.bootID ?? "", modulesDisabled: kernel?.modulesDisabled ?? false,
      lockdown: kernel.map { $0.lockdown ?? "none" } ?? "unknown", loadsModules: kernel?.supportsModules ?? true,
      enforcesSignatures: kernel?.enforcesSignatures ?? false, commandLine: kernel?.commandLine.moduleWords ?? [],
      otherKernels: otherKernels.map(StatusDocument.OtherKernel.init))
  }
}

extension StatusDocument.OtherKernel {
  init(_ kernel: InstalledKernel) {
    self.init(release: kernel.release, sctp: kernel.hasSCTP.map { $0 ? "present" : "missing" } ?? "unknown")
  }
}

extension StatusDocument.Intent {
  init(_ observation: PassRecord) {
    let desired = observation.desired
    self.init(
      source: desired?.sources ?? [], digest: desired?.digest ?? "", machineConfigs: desired?.machineConfigs ?? [],
      modules: (desired?.wanted ?? []).map(\.rawValue), keptOut: (desired?.keptOut ?? []).map(\.rawValue),
      ignored: (desired?.ignored ?? []).map { .init(path: $0.path, reason: $0.reason) },
      issues: (observation.intentErrors + (desired?.issues ?? [])).map {
        .init(severity: $0.severity.rawValue, at: $0.at.description, code: $0.code.rawValue, message: $0.message)
      })
  }
}

extension StatusDocument.File {
  static func all(_ observation: PassRecord, history: History) -> [Self] {
    let failures = Dictionary(
      observation.outcomes.compactMap { outcome -> (PathKey, FileFailure)? in
        if case .file(let failure)? = outcome.failure { return (PathKey(failure.path), failure) }
        return nil
      }, uniquingKeysWith: { first, _ in first })
    return (observation.plan?.files ?? []).map { file in
      let past = history.files[file.path]
      let failure = file.failure ?? failures[PathKey(file.path)]
      let isContended = observation.contended.contains(file.path)
      let state: State =
        if failure != nil {
          .failed
        } else if isContended {
          // This holds even if the file is right at the moment: the contention has not ended.
          .contended
        } else if file.drift == nil {
          .inSync
        } else if observation.hold != nil {
          .held
        } else {
          .drifted
        }
      let message: String?
      switch state {
      case .inSync: message = nil
      case .failed: message = failure?.description
      case .contended: message = "something else keeps rewriting it; the agent backs off"
      case .held: message = observation.hold?.description
      case .drifted: message = file.drift?.sentence
      }
      return Self(
        path: file.path, owner: file.owner, state: state,
        sha256: file.contents.map(ContentDigest.sha256) ?? "", mode: file.mode?.description ?? "",
        repairs: past?.repairs ?? 0, lastDrift: past?.lastDrift?.description, message: message,
        repairDue: state == .held ? observation.hold?.end : observation.backOffEnds[file.path])
    }
  }
}

extension StatusDocument.Module {
  /// The wanted modules, then those that are kept out.
  static func all(_ observation: PassRecord, verdicts: [ModuleName: LoadVerdicts]) -> [Self] {
    guard let node = observation.node, let desired = observation.desired else { return [] }
    func module(_ name: ModuleName, wanted: Bool) -> Self? {
      verdicts[name].map { Self(name, wanted: wanted, desired: desired, node: node, verdicts: $0) }
    }
    return desired.wanted.compactMap { module($0, wanted: true) }
      + desired.keptOut.compactMap { module($0, wanted: false) }
  }

  package init(_ module: ModuleName, desired: DesiredState?, node: NodeState) {
    self.init(
      module, wanted: desired?.wanted.contains(module) ?? false, desired: desired, node: node,
      verdicts: LoadVerdicts(module: module, node: node, desired: desired))
  }

  private init(
    _ module: ModuleName, wanted: Bool, desired: DesiredState?, node: NodeState, verdicts: LoadVerdicts
  ) {
    let facts = node.modules[module]
    let table = RuleTable(verdicts, of: module, node: node, desired: desired)
    self.init(
      name: module.rawValue, wanted: wanted, state: facts?.state ?? .missing, refcount: facts?.refcount,
      file: facts?.file, compression: facts?.compression, signed: facts?.signed,
      dependencies: (facts?.dependencies ?? []).map(\.rawValue),
      verdicts: .init(
        autoload: .init(verdicts.autoload, table),
        boot: .init(verdicts.boot, table, requested: verdicts.bootRequest != nil),
        explicit: .init(verdicts.explicit, table)))
  }
}

extension StatusDocument.Way {
  init(_ verdict: LoadVerdict, _ table: RuleTable) {
    self.init(open: verdict.isOpen, blockedBy: verdict.reported(with: table), more: verdict.unreported)
  }
}

extension StatusDocument.BootWay {
  init(_ verdict: LoadVerdict, _ table: RuleTable, requested: Bool) {
    self.init(
      open: verdict.isOpen, requested: requested, blockedBy: verdict.reported(with: table), more: verdict.unreported)
  }
}

extension LoadVerdict {
  fileprivate func reported(with table: RuleTable) -> [StatusDocument.Rule] {
    blockedBy.prefix(StatusDocument.mostRules).map { StatusDocument.Rule($0, cure: table.cure(of: $0)) }
  }

  fileprivate var unreported: Int? {
    blockedBy.count > StatusDocument.mostRules ? blockedBy.count - StatusDocument.mostRules : nil
  }
}

extension StatusDocument.Rule {
  init(_ blocker: Blocker, cure: Cure) {
    self.init(
      file: blocker.location.file, line: blocker.location.line,
      text: blocker.text.elided(to: StatusDocument.longestText),
      remedy: blocker.remedy.elided(to: 2 * StatusDocument.longestText), cure: cure)
  }
}

extension StatusDocument.Path {
  init(_ reading: PathReading) {
    self.init(
      target: reading.target, address: reading.address, ok: reading.isProved, seconds: reading.seconds,
      at: reading.at.description, reason: reading.reason, message: reading.message)
  }
}

extension StatusDocument.Probe {
  init(_ reading: ProbeReading) {
    switch reading.result {
    case .success(let time):
      self.init(ok: true, absent: false, seconds: time.seconds, at: reading.at.description, error: nil)
    case .failure(let failure):
      self.init(
        ok: false, absent: failure.isFamilyAbsent, seconds: nil, at: reading.at.description,
        error: "\(failure.call): \(failure.message)")
    }
  }
}
