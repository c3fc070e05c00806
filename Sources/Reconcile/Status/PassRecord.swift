package import MachineIntent
import Modprobe

/// Everything that one pass found and did: the input of a report.
package struct PassRecord: Sendable {
  /// The last good intent; nil if there has been none.
  package let desired: DesiredState?
  /// The reason why the newest intent is refused; empty if it is in force.
  package var intentErrors: [ConfigIssue]
  /// What was observed; nil if there is no intent, or nothing could be observed.
  package let node: NodeState?
  /// What is left to do after the pass.
  package var plan: Plan?
  package let outcomes: [Outcome]
  /// The time until which writes wait for the machine-config daemon; nil if they do not.
  package var hold: Hold?
  package var contended: Set<String>
  /// When the back-off of each contended path ends, for those that still wait.
  package var backOffEnds: [String: Timestamp] = [:]
  package var probes: [AddressFamily: ProbeReading]
  /// The reason why the ledger cannot record changes, so that none is made; nil if it can.
  package var ledgerFailure: FileFailure?
  /// The process that changes the node while this one only observes; nil if no other process does.
  package var standbyFor: LockHolder?
  /// What the agent reports of itself, as notes.
  package var agentNotes: [String] = []
  package let at: Timestamp

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
  }
}

extension PassRecord {
  /// Returns the verdicts on each wanted and each kept-out module as the node is now, without the writes that are still
  /// due; empty if the node has not been observed.
  ///
  /// - Parameter agent: the agent for whose user the remedies are; nil if there is none.
  func verdicts(for agent: AgentIdentity? = nil) -> [ModuleName: LoadVerdicts] {
    guard let node, let desired else { return [:] }
    let context = RemedyContext(policy: agent?.policy, contended: contended)
    var verdicts: [ModuleName: LoadVerdicts] = [:]
    for module in desired.wanted + desired.keptOut {
      verdicts[module] = LoadVerdicts(module: module, node: node, desired: desired, context: context)
    }
    // Whether the kernel takes a module's file is known only after it was asked to load it.
    for outcome in outcomes {
      if case .load(let failure, let blocker)? = outcome.failure, LoadExplanation.isOfTheFile(failure) {
        verdicts[failure.module] = verdicts[failure.module]?.refused(for: blocker)
      }
    }
    return verdicts
  }
}
