package import MachineIntent
import Modprobe

/// Everything that one pass learnt: what a report is made from.
package struct PassRecord: Sendable {
  /// The last good intent; nil: there has been none yet.
  package var desired: DesiredState?
  /// Why the newest intent is refused; empty: it is the one in force.
  package var intentErrors: [ConfigIssue]
  /// nil: there is no intent to look for, or nothing could be observed.
  package var node: NodeState?
  /// What is left to do after the pass.
  package var plan: Plan?
  package var outcomes: [Outcome]
  /// Why writes wait: the machine-config daemon is at work. nil: they don't.
  package var hold: String?
  package var contended: Set<String>
  package var probes: [AddressFamily: ProbeReading]
  /// Why no change can be written down, so that none is made; nil: it can.
  package var ledgerFailure: FileFailure?
  /// The process that changes the node while this one only observes. nil: no other process does.
  package var standbyFor: LockHolder?
  package var at: Timestamp

  package init(
    desired: DesiredState?, intentErrors: [ConfigIssue] = [], node: NodeState?, plan: Plan?,
    outcomes: [Outcome] = [], hold: String? = nil, contended: Set<String> = [],
    probes: [AddressFamily: ProbeReading] = [:], ledgerFailure: FileFailure? = nil,
    standbyFor: LockHolder? = nil, at: Timestamp
  ) {
    self.desired = desired
    self.intentErrors = intentErrors
    self.node = node
    self.plan = plan
    self.outcomes = outcomes
    self.hold = hold
    self.contended = contended
    self.probes = probes
    self.ledgerFailure = ledgerFailure
    self.standbyFor = standbyFor
    self.at = at
  }
}

extension PassRecord {
  /// How the module stands now; after the writes still due, nothing is claimed. nil: the node has not been observed.
  ///
  /// What only the kernel can tell of a module file, it has told once it was asked to load it.
  func verdicts(of module: ModuleName) -> LoadVerdicts? {
    guard let node else { return nil }
    let verdicts = LoadVerdicts(module: module, node: node, desired: desired)
    for outcome in outcomes {
      if case .load(let failure, let blocker)? = outcome.failure, failure.module == module,
        LoadExplanation.isOfTheFile(failure)
      {
        return verdicts.refused(for: blocker)
      }
    }
    return verdicts
  }
}
