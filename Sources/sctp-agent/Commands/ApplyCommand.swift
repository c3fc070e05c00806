import ArgumentParser
import Glibc
import NodeAgent
import Reconcile

/// Makes one pass over the node.
struct ApplyCommand: NodeCommand {
  static let configuration = CommandConfiguration(
    commandName: "apply", abstract: "Make one pass over this node and exit.",
    discussion: "Exit status: 0 converged, 1 not.")

  @OptionGroup var place: PlaceOptions
  @OptionGroup var declared: IntentOptions
  @OptionGroup var output: OutputOption

  /// How long to wait for another process that changes the node.
  static let lockTimeout = Duration.seconds(10)

  func run() throws {
    var reconciler = try node.readReconciler(changesNode: .apply)
    if !reconciler.takeLock(), let holder = reconciler.standbyFor {
      StandardStreams.printError("waiting up to 10 s: \(holder) changes this node")
      if !reconciler.takeLock(timeout: Self.lockTimeout), let holder = reconciler.standbyFor {
        StandardStreams.printError(
          "nothing was changed: \(holder) changes this node; stop it, or leave the changes to it")
        throw ExitCode(1)
      }
      reconciler.readIntent(at: NodeClock().now)
    }
    let clock = NodeClock()
    let started = clock.now
    let sweep = reconciler.sweep()
    for notice in sweep.notices { StandardStreams.printError(notice) }
    for failure in sweep.failures { StandardStreams.printError("\(failure)") }
    var history = History()
    var outcomes: [Outcome] = []
    var pass = reconciler.pass(Reconciler.PassInput(now: clock.now))
    outcomes += pass.observation.outcomes
    if let until = pass.heldUntil {
      let longest = reconciler.settings.settle.components.seconds * 1000
      let milliseconds = min(max(0, until.milliseconds - clock.now.milliseconds), longest)
      StandardStreams.printError(
        "waiting \(milliseconds) ms: the machine-config daemon's configuration has just changed")
      usleep(UInt32(clamping: milliseconds * 1000))
      reconciler.readIntent(at: clock.now)
      pass = reconciler.pass(Reconciler.PassInput(now: clock.now))
      // Failed steps have been retried.
      outcomes = outcomes.filter { $0.failure == nil } + pass.observation.outcomes
    }
    reconciler.tidy()
    let errors = printFailures(outcomes, pass.observation.ledgerFailure)
    let document = StatusDocument(
      pass.observation, agent: node.identity(observeOnly: false, startedAt: started), history: &history)
    if output.isJSON {
      JSONResult.print(document)
    } else {
      for outcome in outcomes where outcome.failure == nil { StandardStreams.print("done: \(outcome.step)".printable) }
      StandardStreams.print(text: StatusSummary(document).text(at: nil, printedErrors: errors))
    }
    if !document.ready { throw ExitCode(1) }
  }

  /// Prints each failure once, because one cause often stops every write. Returns what it has printed.
  private func printFailures(_ outcomes: [Outcome], _ ledgerFailure: FileFailure?) -> Set<String> {
    var printed: Set<String> = []
    for failure in [ledgerFailure?.description].compactMap(\.self) + outcomes.compactMap(\.failure?.description)
    where printed.insert(failure).inserted {
      StandardStreams.printError(failure)
    }
    return printed
  }
}
