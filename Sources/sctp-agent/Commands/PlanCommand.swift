import ArgumentParser
import MachineIntent
import NodeAgent
import Reconcile

/// Prints what `apply` would do.
struct PlanCommand: NodeCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Show what apply would do, as unified diffs and steps; change nothing.",
    discussion: "Exit status: 0 nothing to do, 2 changes pending, 1 error.")

  @OptionGroup var place: PlaceOptions
  @OptionGroup var declared: IntentOptions
  @OptionGroup var output: OutputOption

  func run() throws {
    var reconciler = try node.readReconciler()
    guard let look = try reconciler.look(), let desired = reconciler.intent.state else { throw ExitCode(1) }
    let document = PlanDocument(plan: look.plan, node: look.node, desired: desired)
    output.print(document)
    if !document.refused.isEmpty { throw ExitCode(1) }
    if !look.plan.steps.isEmpty { throw ExitCode(2) }
  }
}
