import ArgumentParser
import Glibc
import NodeAgent
import Reconcile

/// One pass.
struct ApplyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "apply", abstract: "Make one pass over this node and exit.",
    discussion: "Exit status: 0 converged, 1 not.")

  @OptionGroup var node: NodeOptions
  @OptionGroup var output: OutputOption

  func run() throws {
    var reconciler = try node.readReconciler()
    let clock = NodeClock()
    let started = clock.now
    let (removed, failures) = reconciler.sweep()
    for path in removed { StandardStreams.complain("removed \(path): an agent died while it was writing") }
    for failure in failures { StandardStreams.complain("\(failure)") }
    var history = History()
    var pass = try reconciler.pass(Reconciler.Moment(now: clock.now))
    if let until = pass.heldUntil {
      let milliseconds = max(0, until.milliseconds - clock.now.milliseconds)
      StandardStreams.complain("waiting \(milliseconds) ms: the machine-config daemon's configuration has just changed")
      usleep(UInt32(milliseconds) * 1000)
      reconciler.readIntent(at: clock.now)
      pass = try reconciler.pass(Reconciler.Moment(now: clock.now))
    }
    reconciler.tidy()
    if let failure = pass.observation.ledgerFailure { StandardStreams.complain("\(failure)") }
    let document = StatusDocument(
      pass.observation, agent: node.identity(observeOnly: false, startedAt: started), history: &history)
    if output.isJSON {
      JSONResult.say(document)
    } else {
      for outcome in pass.observation.outcomes where outcome.failure == nil {
        StandardStreams.say("done: \(outcome.step)")
      }
      for outcome in pass.observation.outcomes { outcome.failure.map { StandardStreams.complain("\($0)") } }
      StandardStreams.say(document.summary)
    }
    if !document.ready { throw ExitCode(1) }
  }
}

extension StatusDocument {
  /// The conditions, a line each.
  var summary: String {
    conditions.map { condition in
      let mark = condition.status == .yes ? Paint.green("ok ") : Paint.red("-- ")
      return "\(mark) \(condition.type.rawValue): \(condition.reason): \(condition.message)"
    }.joined(separator: "\n")
  }
}
