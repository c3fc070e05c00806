import MachineIntent
import Modprobe

/// The conditions that an observation amounts to, in their order, `Ready` last.
struct Conditions {
  /// The reason of `ProtocolUsable` once an association has worked.
  static let proved = "Proved"

  private let observation: PassRecord

  init(_ observation: PassRecord) { self.observation = observation }

  var all: [Condition] {
    let parts = [intentValid, filesInSync, unblocked, modulePresence, protocolUsable]
    return parts + [ready(of: parts)]
  }

  private var intentValid: Condition {
    if let first = observation.intentErrors.first {
      let rest = observation.intentErrors.count > 1 ? " (and \(observation.intentErrors.count - 1) more)" : ""
      let kept = observation.desired == nil ? "" : "; the last good intent stays in force"
      return Condition(.intentValid, .no, reason: "Invalid", message: "\(first.at): \(first.message)\(rest)\(kept)")
    }
    guard let desired = observation.desired else {
      return Condition(.intentValid, .unknown, reason: "NotRead", message: "no intent has been read yet")
    }
    if let conflict = desired.issues.first(where: { $0.code == .managedDiffers }) {
      return Condition(
        .intentValid, .no, reason: "ConflictsWithManaged", message: "\(conflict.at): \(conflict.message)")
    }
    let names = desired.machineConfigs.joined(separator: ", ")
    return Condition(.intentValid, .yes, reason: "Valid", message: names.isEmpty ? "no MachineConfig" : names)
  }

  private var filesInSync: Condition {
    guard let plan = observation.plan else { return unobserved(.filesInSync) }
    if let failure = observation.ledgerFailure {
      return Condition(
        .filesInSync, .no, reason: failure.token, message: "\(failure); no file is changed until it can be read")
    }
    if let failed = plan.files.first(where: { $0.failure != nil }), let failure = failed.failure {
      return Condition(.filesInSync, .no, reason: failure.token, message: failure.description)
    }
    for outcome in observation.outcomes {
      if case .file(let failure)? = outcome.failure {
        return Condition(.filesInSync, .no, reason: failure.token, message: failure.description)
      }
    }
    let drifted = plan.files.filter { $0.drift != nil }
    guard let first = drifted.first else {
      return Condition(
        .filesInSync, .yes, reason: "InSync",
        message: plan.files.count == 1 ? "1 file as declared" : "\(plan.files.count) files as declared")
    }
    if let hold = observation.hold {
      return Condition(.filesInSync, .no, reason: "Held", message: "\(first.path): \(hold)")
    }
    if observation.contended.contains(first.path) {
      return Condition(
        .filesInSync, .no, reason: "Contended",
        message: "\(first.path) is rewritten by somebody else again and again; repairs back off")
    }
    return Condition(
      .filesInSync, .no, reason: "Drifted", message: "\(first.path): \(first.drift?.sentence ?? "differs")")
  }

  private var unblocked: Condition {
    guard let node = observation.node, let desired = observation.desired else { return unobserved(.unblocked) }
    if let failure = node.unreadable.first {
      return Condition(.unblocked, .unknown, reason: "Unreadable", message: failure.description)
    }
    for module in desired.wanted {
      if let blocker = observation.verdicts(of: module)?.blockers.first {
        return Condition(
          .unblocked, .no, reason: blocker.reason, message: blocker.sentence)
      }
    }
    for module in desired.keptOut {
      guard let verdicts = observation.verdicts(of: module) else { continue }
      if verdicts.autoload.isOpen || verdicts.boot.isOpen && verdicts.bootRequest != nil {
        let way = verdicts.autoload.isOpen ? "autoload" : "load at boot"
        return Condition(
          .unblocked, .no, reason: "NotKeptOut", message: "\(module) is to be kept out and \(way) is open")
      }
    }
    if desired.wanted.isEmpty {
      let kept = desired.keptOut.map(\.rawValue).joined(separator: ", ")
      return kept.isEmpty
        ? Condition(.unblocked, .yes, reason: "NothingWanted", message: "the intent wants no module")
        : Condition(.unblocked, .yes, reason: "KeptOut", message: "\(kept) is kept out, as the intent wants")
    }
    return Condition(
      .unblocked, .yes, reason: "Open", message: "autoload, load at boot and explicit load are open")
  }

  private var modulePresence: Condition {
    guard let node = observation.node, let desired = observation.desired else { return unobserved(.moduleLoaded) }
    if desired.wanted.isEmpty, !desired.keptOut.isEmpty {
      let names = desired.keptOut.map(\.rawValue).joined(separator: ", ")
      return presence(of: desired.keptOut, node: node, as: .moduleAbsent)
        ?? Condition(.moduleAbsent, .yes, reason: "Absent", message: "\(names) is not loaded")
    }
    for module in desired.wanted {
      let state = node.modules[module]?.state ?? .absent
      if state.isUsable { continue }
      for outcome in observation.outcomes {
        if case .load(let failure, let blocker)? = outcome.failure, failure.module == module {
          return Condition(
            .moduleLoaded, .no, reason: blocker.reason, message: blocker.sentence)
        }
      }
      if let blocker = observation.verdicts(of: module)?.explicit.blockedBy.first {
        return Condition(
          .moduleLoaded, .no, reason: blocker.reason, message: blocker.sentence)
      }
      return Condition(
        .moduleLoaded, .no, reason: state == .absent ? "NotLoaded" : "Loading", message: "\(module) is \(state)")
    }
    if let present = presence(of: desired.keptOut, node: node, as: .moduleLoaded) { return present }
    let names = desired.wanted.map { "\($0) is \(node.modules[$0]?.state ?? .absent)" }
    return Condition(
      .moduleLoaded, .yes, reason: names.isEmpty ? "NothingWanted" : "Loaded",
      message: names.isEmpty ? "the intent wants no module" : names.joined(separator: ", "))
  }

  /// What is there of modules that are to be kept out; nil: nothing.
  private func presence(of modules: [ModuleName], node: NodeState, as type: Condition.Kind) -> Condition? {
    for module in modules {
      guard let facts = node.modules[module], facts.state.isUsable || facts.state == .going else { continue }
      let builtin = facts.state == .builtin
      return Condition(
        type, .no, reason: builtin ? "BuiltIn" : "PinnedUntilReboot",
        message: builtin
          ? "\(module) is built into the kernel and cannot be kept out"
          : "\(module) is to be kept out, is loaded with \(facts.refcount ?? 0) users and stays until the next reboot")
    }
    return nil
  }

  private var protocolUsable: Condition {
    guard let node = observation.node, let desired = observation.desired else { return unobserved(.protocolUsable) }
    let sctp = ModuleName("sctp")
    guard desired.wanted.contains(sctp) else {
      return Condition(.protocolUsable, .yes, reason: "NotWanted", message: "the intent does not want sctp loaded")
    }
    guard node.modules[sctp]?.state.isUsable == true else {
      return Condition(
        .protocolUsable, .no, reason: "ModuleNotLoaded",
        message: "sctp is \(node.modules[sctp]?.state ?? .absent): sockets are refused with EPROTONOSUPPORT")
    }
    let readings = observation.probes.sorted { $0.key.rawValue < $1.key.rawValue }
    guard !readings.isEmpty else {
      return Condition(.protocolUsable, .unknown, reason: "NotProbed", message: "no association has been tried yet")
    }
    var proved: [String] = []
    for (family, reading) in readings {
      switch reading.result {
      case .success(let time): proved.append("\(family) in \(Int((time.seconds * 1_000_000).rounded())) µs")
      case .failure(let failure) where !failure.isFamilyAbsent:
        return Condition(
          .protocolUsable, .no, reason: "ProbeFailed", message: "\(family): \(failure.call): \(failure.reason)")
      case .failure: break
      }
    }
    return proved.isEmpty
      ? Condition(.protocolUsable, .no, reason: "ProbeFailed", message: "neither IPv4 nor IPv6 is there to probe")
      : Condition(
        .protocolUsable, .yes, reason: Self.proved,
        message: "an association exchanged data over " + proved.joined(separator: " and "))
  }

  private func ready(of parts: [Condition]) -> Condition {
    // The cause before its effects: what could not be written, then what blocks, then what is not there.
    let causes =
      parts.filter { $0.type == .intentValid || ($0.type == .filesInSync && $0.reason != "Drifted") }
      + parts.filter { $0.type != .intentValid }
    if let failed = causes.first(where: { $0.status == .no && !($0.type == .filesInSync && $0.reason == "Drifted") })
      ?? parts.first(where: { $0.status == .no })
    {
      return Condition(
        .ready, .no, reason: failed.type == .unblocked ? "Blocked" : failed.reason, message: failed.message)
    }
    if let unknown = parts.first(where: { $0.status == .unknown }) {
      return Condition(.ready, .unknown, reason: unknown.reason, message: unknown.message)
    }
    let keptOut = observation.desired.map { $0.wanted.isEmpty && !$0.keptOut.isEmpty } ?? false
    if keptOut {
      return Condition(.ready, .yes, reason: "KeptOut", message: "the module is kept out, as the intent wants")
    }
    let isProved = parts.contains { $0.type == .protocolUsable && $0.reason == Self.proved }
    return Condition(
      .ready, .yes, reason: "Ready",
      message: isProved
        ? "SCTP is usable now and after the next boot"
        : "the node is as the intent wants it, which does not ask for sctp")
  }

  private func unobserved(_ type: Condition.Kind) -> Condition {
    Condition(type, .unknown, reason: "NotObserved", message: "the node has not been observed yet")
  }
}
