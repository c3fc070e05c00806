import ArgumentParser
import MachineIntent
import Modprobe
import NodeAgent
import Reconcile

/// Prints each rule that blocks a module, the ways that it closes, and what removes it.
struct ExplainCommand: NodeCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Say which rule decides whether a module can be loaded: by socket(), at boot, and explicitly.",
    discussion: "Exit status: 0 all three ways open, 1 something blocks, 2 unknown.")

  @Argument(help: "The module to explain.")
  var module = "sctp"

  @OptionGroup var place: PlaceOptions
  @OptionGroup var declared: IntentOptions
  @OptionGroup var output: OutputOption

  func validate() throws {
    guard !module.isEmpty, !module.contains(where: { $0 == "/" || $0.isWhitespace }) else {
      throw ValidationError("'\(module)' is not a module name")
    }
  }

  func run() throws {
    let name = ModuleName(module)
    var state: NodeState
    let desired: DesiredState?
    do {
      var reconciler = try node.unreadReconciler(observeOnly: true)
      reconciler.readIntent(at: NodeClock().now)
      desired = reconciler.intent.state
      state = reconciler.observe(also: [name])
    } catch {
      StandardStreams.printError("\(error)")
      throw ExitCode(2)
    }
    if let policy = node.unblock, let desired {
      state = state.applying(Plan(desired: desired, node: state, policy: policy).writes)
    }
    output.print(
      Explanation(module: name, nodeName: node.node, desired: desired, node: state, after: node.unblock), orExit: 2)
    if !state.unreadable.isEmpty { throw ExitCode(2) }
    if !LoadVerdicts(module: name, node: state).allOpen { throw ExitCode(1) }
  }
}
