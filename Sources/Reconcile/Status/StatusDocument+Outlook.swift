extension StatusDocument {
  /// Whether something works, and since when.
  package struct Outlook: Hashable, Sendable {
    package let works: Bool
    /// RFC 3339; nil if it is not known.
    package let since: String?
  }

  /// Whether a program can use SCTP now. Returns nil if the intent keeps SCTP out, or if it is unknown.
  package var worksNow: Outlook? {
    guard let condition = condition(.protocolUsable), condition.status != .unknown, wantsModules else { return nil }
    return Outlook(works: condition.status == .yes, since: condition.since)
  }

  /// Whether SCTP will work after a reboot without the agent: a load file names each wanted module, and nothing blocks it
  /// at boot. Returns nil if the intent keeps SCTP out, or if it is unknown.
  package var worksAfterBoot: Outlook? {
    let wanted = modules.filter(\.wanted)
    guard !wanted.isEmpty, let unblocked = condition(.unblocked), unblocked.status != .unknown else { return nil }
    let works = wanted.allSatisfy {
      $0.state == .builtin || $0.verdicts.boot.open && $0.verdicts.boot.requested
    }
    let times = [unblocked.since, condition(.filesInSync)?.since].compactMap(\.self)
    return Outlook(works: works, since: times.max())
  }

  private var wantsModules: Bool { modules.contains(where: \.wanted) }

  private func condition(_ type: Condition.Kind) -> Condition? { conditions.first { $0.type == type } }
}

extension Condition {
  fileprivate var since: String? { lastTransitionTime.isEmpty ? nil : lastTransitionTime }
}
