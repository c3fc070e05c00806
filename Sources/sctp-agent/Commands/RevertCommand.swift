import ArgumentParser
import NodeAgent
import Reconcile

/// Undoes every recorded change.
struct RevertCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "revert", abstract: "Undo every recorded change, byte for byte, with mode and owner.",
    discussion: """
      Once everything is undone, the state directory is removed too. \
      Stop the agent first: while it runs, revert changes nothing and exits 1, because the agent would make the changes \
      again. Exit status: 0 all undone, 1 not.
      """)

  @OptionGroup var node: IntentFreeOptions
  @OptionGroup var output: OutputOption

  @Flag(help: "Undo the changes although an agent is running on this node; it makes them again.")
  var force = false

  func run() throws {
    let access = try node.place.access()
    let lock = node.place.lock(for: .revert, in: access)
    try take(lock, for: access)
    let result = try withExtendedLifetime(lock) {
      var result = try Revert(access: access).run()
      // A process that changes the node needs its state.
      guard result.undone, lock.isHeld else { return result }
      do throws(FileFailure) {
        try StateDirectory.remove(from: access.files)
      } catch {
        result.remains.append("\(Ledger.directory) is not removed: \(error)")
      }
      return result
    }
    output.print(result)
    if !result.undone { throw ExitCode(1) }
  }

  /// Exits with 1 if another process changes the node. A node that no agent has changed is left without a lock file.
  private func take(_ lock: AgentLock, for access: NodePorts) throws {
    guard try access.files.stamp(Ledger.directory) != nil, case .refused(let holder) = lock.take(), !force else {
      return
    }
    if holder.command != .run {
      StandardStreams.printError("waiting up to 10 s: \(holder) changes this node")
      guard case .refused = lock.take(timeout: ApplyCommand.lockTimeout) else { return }
    }
    StandardStreams.printError(
      """
      nothing was undone: \(holder) changes this node, and would make the changes again. Stop it first: \
      systemctl disable --now sctp-agent.service on the node, or kubectl -n sctp-agent delete daemonset sctp-agent, or \
      kubectl apply -k deploy/overlays/revert, which undoes the changes on every node. \
      To undo the changes nevertheless: revert --force
      """)
    throw ExitCode(1)
  }
}

extension Revert.Result: CommandResult {
  var text: String { lines.map { $0.printable + "\n" }.joined() }
}
