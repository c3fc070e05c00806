import ArgumentParser
import NodeAgent
import Reconcile

/// Undoes every recorded change.
struct RevertCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "revert", abstract: "Undo every recorded change, byte for byte, with mode and owner.",
    discussion: "Stop the agent first, or it makes the changes again. Exit status: 0 all undone, 1 not.")

  @OptionGroup var node: NodeOptions
  @OptionGroup var output: OutputOption

  func run() throws {
    var revert = try Revert(access: try node.access())
    let result = revert.run()
    output.print(result)
    if !result.undone { throw ExitCode(1) }
  }
}

extension Revert.Result: CommandResult {
  var text: String { lines.map { $0.printable + "\n" }.joined() }
}
