import Modprobe

/// A rule in a module's way, with every way that it closes.
package struct RankedBlocker: Hashable, Sendable {
  /// The three ways, in the order in which they are reported.
  package enum Way: String, Hashable, Sendable, CaseIterable { case autoload, boot, explicit }

  package let blocker: Blocker
  package let ways: [Way]
}

extension LoadVerdicts {
  /// Each rule once: the one that closes most ways first, then by kind, then in the order in which the rules win.
  package var ranked: [RankedBlocker] {
    var ways: [Blocker: [RankedBlocker.Way]] = [:]
    var order: [Blocker] = []
    for (way, verdict) in [(RankedBlocker.Way.autoload, autoload), (.boot, boot), (.explicit, explicit)] {
      for blocker in verdict.blockedBy where ways[blocker]?.contains(way) != true {
        if ways[blocker] == nil { order.append(blocker) }
        ways[blocker, default: []].append(way)
      }
    }
    return order.map { RankedBlocker(blocker: $0, ways: ways[$0] ?? []) }.ranked
  }

  /// The rule to name first for several modules, and how many more rules there are.
  package struct Headline: Hashable, Sendable {
    package let blocker: Blocker
    package let others: Int

    package var reason: Condition.Reason { blocker.reason }

    /// One clause: `sctp is blacklisted at /etc/modprobe.d/sctp.conf:2 (+3 more)`.
    package var sentence: String { blocker.sentence + (others == 0 ? "" : " (+\(others) more)") }
  }

  /// Returns nil if nothing blocks any of the modules.
  package static func headline(of verdicts: [LoadVerdicts]) -> Headline? {
    let ranked = verdicts.flatMap(\.ranked).ranked
    guard let first = ranked.first else { return nil }
    // A pattern that stops several modules is one rule.
    let rules = Set(ranked.map { Rule(location: $0.blocker.location, text: $0.blocker.text) })
    return Headline(blocker: first.blocker, others: rules.count - 1)
  }

  private struct Rule: Hashable {
    let location: RuleLocation
    let text: String
  }
}

extension [RankedBlocker] {
  fileprivate var ranked: [RankedBlocker] {
    enumerated().sorted { left, right in
      let (one, other) = (left.element, right.element)
      if one.ways.count != other.ways.count { return one.ways.count > other.ways.count }
      if one.blocker.kind != other.blocker.kind { return one.blocker.kind < other.blocker.kind }
      return left.offset < right.offset
    }.map(\.element)
  }
}
