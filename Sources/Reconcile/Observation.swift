package import MachineIntent
import Modprobe

/// Everything that one pass learnt: what a report is made from.
package struct Observation: Sendable {
  /// The last good intent; nil: there has been none yet.
  package var desired: DesiredState?
  /// Why the newest intent is refused; empty: it is the one in force.
  package var intentErrors: [ConfigIssue]
  /// nil: nothing could be observed, for the reason in `failure`.
  package var node: NodeState?
  /// What is left to do after the pass.
  package var plan: Plan?
  package var outcomes: [Outcome]
  /// Why writes wait: the machine-config daemon is at work. nil: they don't.
  package var hold: String?
  package var contended: Set<String>
  package var probes: [AddressFamily: ProbeReading]
  package var at: Timestamp

  package init(
    desired: DesiredState?, intentErrors: [ConfigIssue] = [], node: NodeState?, plan: Plan?,
    outcomes: [Outcome] = [], hold: String? = nil, contended: Set<String> = [],
    probes: [AddressFamily: ProbeReading] = [:], at: Timestamp
  ) {
    self.desired = desired
    self.intentErrors = intentErrors
    self.node = node
    self.plan = plan
    self.outcomes = outcomes
    self.hold = hold
    self.contended = contended
    self.probes = probes
    self.at = at
  }
}

extension Observation {
  /// How the module stands now; after the writes still due, nothing is claimed. nil: the node has not been observed.
  ///
  /// What only the kernel can tell of a module file, it has told once it was asked to load it.
  func verdicts(of module: ModuleName) -> Verdicts? {
    guard let node else { return nil }
    let verdicts = Verdicts(module: module, node: node)
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

/// What became of a step.
package struct Outcome: Hashable, Sendable {
  package let step: Step
  package let failure: StepFailure?

  package init(step: Step, failure: StepFailure?) {
    self.step = step
    self.failure = failure
  }
}

/// Why a step did not succeed.
package enum StepFailure: Error, Hashable, Sendable {
  case file(FileFailure)
  /// The sentence that explains the errno stands beside it.
  case load(LoadFailure, Blocker)

  package var reason: String {
    switch self {
    case .file(let failure): failure.token
    case .load(_, let blocker): blocker.reason
    }
  }
}

extension StepFailure: CustomStringConvertible {
  package var description: String {
    switch self {
    case .file(let failure): failure.description
    case .load(let failure, let blocker): "failed to load module '\(failure.module)': \(blocker.sentence)"
    }
  }
}

/// One loopback probe and when it was made.
package struct ProbeReading: Hashable, Sendable {
  package let result: Result<ProbeTime, ProbeFailure>
  package let at: Timestamp

  package init(result: Result<ProbeTime, ProbeFailure>, at: Timestamp) {
    self.result = result
    self.at = at
  }
}
