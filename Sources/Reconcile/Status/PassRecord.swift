package import MachineIntent
import Modprobe

/// Everything that one pass learnt: what a report is made from.
package struct PassRecord: Sendable {
  /// The last good intent; nil: there has been none yet.
  package let desired: DesiredState?
  /// Why the newest intent is refused; empty: it is the one in force.
  package var intentErrors: [ConfigIssue]
  /// nil: there is no intent to look for, or nothing could be observed.
  package let node: NodeState?
  /// What is left to do after the pass.
  package var plan: Plan?
  package let outcomes: [Outcome]
  /// Until when writes wait for the machine-config daemon; nil if they do not.
  package var hold: Hold?
  package var contended: Set<String>
  package var probes: [AddressFamily: ProbeReading]
  /// Why no change can be written down, so that none is made; nil: it can.
  package var ledgerFailure: FileFailure?
  /// The process that changes the node while this one only observes; nil if no other process does.
  package var standbyFor: LockHolder?
  /// What the agent reports of itself, as notes.
  package var agentNotes: [String] = []
  package let at: Timestamp
  private var judged: [ModuleName: LoadVerdicts] = [:]

  package init(
    desired: DesiredState?, intentErrors: [ConfigIssue] = [], node: NodeState?, plan: Plan?,
    outcomes: [Outcome] = [], hold: Hold? = nil, contended: Set<String> = [],
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
    let subjects = desired.map { $0.wanted + $0.keptOut } ?? []
    for module in subjects {
      judged[module] = Self.verdicts(of: module, node: node, desired: desired, outcomes: outcomes)
    }
  }

  /// Returns how the module is loaded now, whatever writes are still due, or nil if the intent does not name it or the
  /// node has not been observed.
  func verdicts(of module: ModuleName) -> LoadVerdicts? { judged[module] }

  /// The kernel has reported what only it can know of a module file once it was asked to load it.
  private static func verdicts(
    of module: ModuleName, node: NodeState?, desired: DesiredState?, outcomes: [Outcome]
  ) -> LoadVerdicts? {
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
