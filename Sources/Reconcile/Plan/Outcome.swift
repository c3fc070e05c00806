/// The result of a step.
package struct Outcome: Hashable, Sendable {
  package let step: Step
  package let failure: StepFailure?

  package init(step: Step, failure: StepFailure?) {
    self.step = step
    self.failure = failure
  }
}

/// The reason why a step did not succeed.
package enum StepFailure: Error, Hashable, Sendable {
  case file(FileFailure)
  /// A load that failed, and the blocker that explains the errno.
  case load(LoadFailure, Blocker)

  package var reason: Condition.Reason {
    switch self {
    case .file(let failure): failure.reason
    case .load(_, let blocker): blocker.reason
    }
  }
}

extension StepFailure: CustomStringConvertible {
  package var description: String {
    switch self {
    case .file(let failure): failure.description
    case .load(let failure, let blocker) where failure.isUnfinished:
      "module '\(failure.module)' is still loading: \(blocker.sentence)"
    case .load(let failure, let blocker): "failed to load module '\(failure.module)': \(blocker.sentence)"
    }
  }
}
