import MachineIntent
import Modprobe

/// The conditions that follow from one pass, in their order, `Ready` last.
struct Conditions {
  private let pass: PassRecord
  private let verdicts: [ModuleName: LoadVerdicts]
  private let observeOnly: Bool

  /// - Parameters:
  ///   - pass: what the pass found and did.
  ///   - verdicts: the verdicts on each wanted and each kept-out module; judged here if nil.
  ///   - observeOnly: whether the agent only reports.
  init(_ pass: PassRecord, verdicts: [ModuleName: LoadVerdicts]? = nil, observeOnly: Bool = false) {
    self.pass = pass
    self.observeOnly = observeOnly
    self.verdicts = verdicts ?? pass.verdicts()
  }

  var all: [Condition] {
    let parts = [intentValid, filesInSync, unblocked, modulePresence, protocolUsable]
    return parts + [ready(of: parts)]
  }

  private var intentValid: Condition {
    if let first = pass.intentErrors.first {
      let rest = pass.intentErrors.count > 1 ? " (+\(pass.intentErrors.count - 1) more)" : ""
      let kept = pass.desired == nil ? "" : "; the last good intent stays in force"
      return Condition(.intentValid, .no, .invalid, "\(first.at): \(first.message)\(rest)\(kept)")
    }
    guard let desired = pass.desired else {
      return Condition(.intentValid, .unknown, .notRead, "no intent has been read yet")
    }
    if let conflict = desired.issues.first(where: { $0.code == .managedDiffers }) {
      return Condition(.intentValid, .no, .conflictsWithManaged, "\(conflict.at): \(conflict.message)")
    }
    let names = desired.machineConfigs.joined(separator: ", ")
    return Condition(.intentValid, .yes, .valid, names.isEmpty ? "no MachineConfig" : names)
  }

  private var filesInSync: Condition {
    func no(_ reason: Condition.Reason, _ message: String) -> Condition {
      Condition(.filesInSync, .no, reason, message)
    }
    guard let plan = pass.plan else { return unobserved(.filesInSync) }
    if let failure = pass.ledgerFailure {
      return no(failure.reason, "\(failure); no file will be changed until the ledger is readable")
    }
    if let failure = plan.files.lazy.compactMap(\.failure).first { return no(failure.reason, failure.description) }
    for outcome in pass.outcomes {
      if case .file(let failure)? = outcome.failure { return no(failure.reason, failure.description) }
    }
    let drifted = plan.files.filter { $0.drift != nil }
    guard let first = drifted.first else {
      let count = plan.files.count == 1 ? "1 file" : "\(plan.files.count) files"
      return Condition(.filesInSync, .yes, .inSync, "\(count) as declared")
    }
    if let hold = pass.hold { return no(.held, "\(first.path): \(hold)") }
    if pass.contended.contains(first.path) {
      return no(.contended, "something else keeps rewriting \(first.path); the agent backs off")
    }
    let cure = observeOnly ? "; remove --observe-only, or run: sctp-agent apply" : ""
    return no(.drifted, "\(first.path): \(first.drift?.sentence ?? "differs")\(cure)")
  }

  private var unblocked: Condition {
    guard let node = pass.node, let desired = pass.desired else { return unobserved(.unblocked) }
    if let failure = node.unreadable.first {
      return Condition(.unblocked, .unknown, .unreadable, failure.description)
    }
    if let headline = LoadVerdicts.headline(of: desired.wanted.compactMap { verdicts[$0] }) {
      return Condition(.unblocked, .no, headline.reason, headline.sentence)
    }
    for module in desired.keptOut {
      guard let verdicts = verdicts[module] else { continue }
      if verdicts.autoload.isOpen || verdicts.boot.isOpen && verdicts.bootRequest != nil {
        let way = verdicts.autoload.isOpen ? "autoload" : "load at boot"
        return Condition(
          .unblocked, .no, .notKeptOut, "\(module) should be kept out, but nothing stops its \(way)")
      }
    }
    if desired.wanted.isEmpty {
      let kept = desired.keptOut.map(\.rawValue).joined(separator: ", ")
      return kept.isEmpty
        ? Condition(.unblocked, .yes, .nothingWanted, "the intent wants no module")
        : Condition(.unblocked, .yes, .keptOut, "\(kept) is kept out, as the intent wants")
    }
    return Condition(.unblocked, .yes, .open, "autoload, load at boot and explicit load are open")
  }

  private var modulePresence: Condition {
    guard let node = pass.node, let desired = pass.desired else { return unobserved(.moduleLoaded) }
    if desired.wanted.isEmpty, !desired.keptOut.isEmpty {
      let names = desired.keptOut.map(\.rawValue).joined(separator: ", ")
      return presence(of: desired.keptOut, node: node, as: .moduleAbsent)
        ?? Condition(.moduleAbsent, .yes, .absent, "\(names) is not loaded")
    }
    for module in desired.wanted {
      let state = node.modules[module]?.state ?? .absent
      if !state.isUsable { return notLoaded(module, state: state) }
    }
    if let present = presence(of: desired.keptOut, node: node, as: .moduleLoaded) { return present }
    guard !desired.wanted.isEmpty else {
      return Condition(.moduleLoaded, .yes, .nothingWanted, "the intent wants no module")
    }
    let states = desired.wanted.map { "\($0) is \(node.modules[$0]?.state ?? .absent)" }
    return Condition(.moduleLoaded, .yes, .loaded, states.joined(separator: ", "))
  }

  /// The reason why a wanted module is not loaded: what the kernel said, else the rule in its way.
  private func notLoaded(_ module: ModuleName, state: ModuleState) -> Condition {
    if let work = pass.node?.unfinishedModuleWork {
      return work.isStalled(at: pass.at)
        ? Condition(
          .moduleLoaded, .no, .loadStalled,
          "\(work.subject) has not finished since \(work.since): the kernel or the disk does not answer; read the "
            + "kernel's log (dmesg), and reboot the node if it does not end")
        : Condition(.moduleLoaded, .no, .loading, "\(work.subject) has not finished since \(work.since)")
    }
    for outcome in pass.outcomes {
      if case .load(let failure, let blocker)? = outcome.failure, failure.module == module {
        return Condition(.moduleLoaded, .no, blocker.reason, blocker.sentence)
      }
    }
    if let headline = verdicts[module]?.ranked.first(where: { $0.ways.contains(.explicit) }) {
      return Condition(.moduleLoaded, .no, headline.blocker.reason, headline.blocker.sentence)
    }
    return Condition(.moduleLoaded, .no, state == .absent ? .notLoaded : .loading, "\(module) is \(state)")
  }

  /// Returns nil if none of the modules, which should be kept out, is present.
  private func presence(of modules: [ModuleName], node: NodeState, as type: Condition.Kind) -> Condition? {
    for module in modules {
      guard let facts = node.modules[module], facts.state.isUsable || facts.state == .going else { continue }
      if facts.state == .builtin {
        return Condition(type, .no, .builtIn, "\(module) is built into the kernel and cannot be kept out")
      }
      let users = facts.refcount == 1 ? "1 user" : "\(facts.refcount ?? 0) users"
      return Condition(
        type, .no, .pinnedUntilReboot,
        "\(module) should be kept out but is loaded (\(users)); it stays until the next reboot")
    }
    return nil
  }

  private var protocolUsable: Condition {
    func no(_ reason: Condition.Reason, _ message: String) -> Condition {
      Condition(.protocolUsable, .no, reason, message)
    }
    guard let node = pass.node, let desired = pass.desired else { return unobserved(.protocolUsable) }
    let sctp = ModuleName("sctp")
    guard desired.wanted.contains(sctp) else {
      return Condition(.protocolUsable, .yes, .notWanted, "the intent does not want sctp loaded")
    }
    let state = node.modules[sctp]?.state ?? .absent
    guard state.isUsable else {
      return no(.moduleNotLoaded, "sctp is \(state): the kernel refuses SCTP sockets (EPROTONOSUPPORT)")
    }
    let readings = pass.probes.sorted { $0.key.rawValue < $1.key.rawValue }
    guard !readings.isEmpty else {
      return Condition(.protocolUsable, .unknown, .notProbed, "no association has been tried yet")
    }
    var proved: [String] = []
    for (family, reading) in readings {
      switch reading.result {
      case .success(let time): proved.append("\(family) in \(Int((time.seconds * 1_000_000).rounded())) µs")
      case .failure(let failure) where !failure.isFamilyAbsent:
        return no(.probeFailed, "\(family): \(failure.call): \(failure.message)")
      case .failure: break
      }
    }
    guard !proved.isEmpty else { return no(.probeFailed, "this node has neither IPv4 nor IPv6 on its loopback") }
    return Condition(
      .protocolUsable, .yes, .proved, "an association exchanged data over " + proved.joined(separator: " and "))
  }

  private func ready(of parts: [Condition]) -> Condition {
    // A cause comes before its effects: an invalid intent, a failed write, a rule in the way, a module that is not
    // loaded. Drift alone is an effect.
    let drift = parts.first { $0.type == .filesInSync && $0.reason == .drifted }
    if let failed = parts.first(where: { $0.status == .no && $0 != drift }) ?? drift {
      return Condition(.ready, .no, failed.type == .unblocked ? .blocked : failed.reason, failed.message)
    }
    if let unknown = parts.first(where: { $0.status == .unknown }) {
      return Condition(.ready, .unknown, unknown.reason, unknown.message)
    }
    if let desired = pass.desired, desired.wanted.isEmpty, !desired.keptOut.isEmpty {
      return Condition(.ready, .yes, .keptOut, "the module is kept out, as the intent wants")
    }
    let isProved = parts.contains { $0.type == .protocolUsable && $0.reason == .proved }
    return Condition(
      .ready, .yes, .ready,
      isProved
        ? "SCTP is usable now and after the next boot" : "the node matches the intent, which does not ask for sctp")
  }

  private func unobserved(_ type: Condition.Kind) -> Condition {
    Condition(type, .unknown, .notObserved, "the node has not been observed yet")
  }
}
