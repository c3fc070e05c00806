import ArgumentParser
import MachineIntent
import Modprobe
import NodeAgent
import Reconcile

/// Which line of which file decides, for each of the three ways.
struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Say which rule decides whether a module can be loaded: by socket(), at boot, and explicitly.",
    discussion: "Exit status: 0 all three ways open, 1 something blocks, 2 unknown.")

  @Argument(help: "The module to explain.")
  var module = "sctp"

  @OptionGroup var node: NodeOptions
  @OptionGroup var output: OutputOption

  func validate() throws {
    guard !module.isEmpty, !module.contains(where: { $0 == "/" || $0.isWhitespace }) else {
      throw ValidationError("'\(module)' is no module's name")
    }
  }

  func run() throws {
    let name = ModuleName(module)
    let state: NodeState
    let desired: DesiredState?
    do {
      var reconciler = try node.unreadReconciler(observeOnly: true)
      reconciler.readIntent(at: NodeClock().now)
      desired = reconciler.intent.state
      state = try reconciler.observe(also: [name])
    } catch {
      StandardStreams.printError("\(error)")
      throw ExitCode(2)
    }
    let document = Explanation(module: name, desired: desired, node: state)
    if output.isJSON {
      JSONResult.print(document, orExit: 2)
    } else {
      StandardStreams.print(text: document.text, orExit: 2)
    }
    if !state.unreadable.isEmpty { throw ExitCode(2) }
    if !LoadVerdicts(module: name, node: state).allOpen { throw ExitCode(1) }
  }
}
