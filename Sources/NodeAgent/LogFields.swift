import Logging
import Reconcile

/// The fields of log lines, which a JSON log has beside the sentence: `path`, `module`, `condition`, `reason`, `target` and
/// `address`.
extension Logger.Metadata {
  init(path: String) { self = ["path": "\(path)"] }

  init(_ failure: FileFailure) { self = ["path": "\(failure.path)", "reason": "\(failure.reason.rawValue)"] }

  init(_ step: Step) {
    switch step {
    case .load(let module): self = ["module": "\(module)"]
    case .write, .remove, .link: self = step.path.map { Self(path: $0) } ?? [:]
    }
  }

  init(_ failure: StepFailure) {
    switch failure {
    case .file(let failure): self.init(failure)
    case .load(let load, let blocker): self = ["module": "\(load.module)", "reason": "\(blocker.reason.rawValue)"]
    }
  }

  init(_ condition: Condition) {
    self = ["condition": "\(condition.type.rawValue)", "reason": "\(condition.reason.rawValue)"]
  }

  init(_ path: PathReading) {
    self = ["target": "\(path.target)", "reason": "\(path.reason.rawValue)"]
    if !path.address.isEmpty { self["address"] = "\(path.address)" }
  }
}

extension Wake {
  /// The event that has woken the loop.
  var cause: String {
    switch self {
    case .filesChanged: "a change of a watched file"
    case .modulesChanged: "a module that came or went"
    case .pathsChanged: "a round of proofs"
    case .reload: "SIGHUP"
    case .terminate: "SIGTERM or SIGINT"
    case .deadline: "a timer"
    }
  }
}
