import ArgumentParser
import NodeAgent
import Reconcile

/// Prints one line about the node as it is.
struct CheckCommand: NodeCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Say in one line whether SCTP is enabled here; change nothing.",
    discussion: """
      Exit status: 0 OK, 1 not OK, 2 unknown. This is node-problem-detector's custom plugin contract.
      """)

  @OptionGroup var place: PlaceOptions
  @OptionGroup var declared: IntentOptions
  @OptionGroup var output: OutputOption

  struct Result: CommandResult {
    let status: String
    let reason: String
    let message: String

    var text: String { "\(status): \(reason): \(message)".printable + "\n" }
  }

  func run() throws {
    let result: Result
    let code: Int32
    do {
      let clock = NodeClock()
      var reconciler = try node.unreadReconciler(observeOnly: true)
      reconciler.readIntent(at: clock.now)
      var history = History()
      let pass = reconciler.pass(Reconciler.PassInput(now: clock.now))
      let document = StatusDocument(
        pass.observation, agent: node.identity(observeOnly: true, startedAt: clock.now), history: &history)
      let ready = document.conditions.first { $0.type == .ready }
      code = ready?.status == .yes ? 0 : ready?.status == .no && reconciler.intent.state != nil ? 1 : 2
      result = Result(
        status: code == 0 ? "OK" : code == 1 ? "NotOK" : "Unknown", reason: document.reason.rawValue,
        message: document.message)
    } catch {
      code = 2
      result = Result(status: "Unknown", reason: Condition.Reason.notObserved.rawValue, message: "\(error)")
    }
    output.print(result, orExit: 2)
    if code != 0 { throw ExitCode(code) }
  }
}
