import ArgumentParser
import Modprobe
import NodeAgent
import Reconcile

/// The effective configuration.
struct ConfigCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config", abstract: "Print the effective configuration of kmod or of systemd-modules-load.",
    subcommands: [Modprobe.self, ModulesLoad.self])

  struct Modprobe: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "modprobe", abstract: "The lines of modprobe --showconfig, in its order and spelling.",
      discussion: "Exit status: 0, or 1 where a file could not be read.")

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOption

    func run() throws {
      let state = try node.observed()
      if output.isJSON {
        JSONResult.print(
          state.configuration.showConfigEntries().map {
            ConfigLine(text: $0.text, file: $0.location.file, line: $0.location.line)
          })
      } else {
        StandardStreams.write(state.configuration.showConfig())
      }
      for line in state.configuration.skipped {
        StandardStreams.printError("\(line.location): skipped: \(line.text) (\(line.message))")
      }
      try state.failIfUnreadable()
    }
  }

  struct ModulesLoad: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "modules-load", abstract: "The modules that systemd-modules-load tries, in its order.",
      discussion: "Exit status: 0, or 1 where a file could not be read.")

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOption

    func run() throws {
      let state = try node.observed()
      if output.isJSON {
        JSONResult.print(
          state.loadRequests.requests.map {
            LoadLine(
              module: $0.module.rawValue, text: $0.text, file: $0.location.file, line: $0.location.line)
          })
      } else {
        for request in state.loadRequests.requests { StandardStreams.print(request.module.rawValue.printable) }
      }
      try state.failIfUnreadable()
    }
  }
}

private struct ConfigLine: Encodable {
  let text: String
  let file: String
  let line: Int
}

private struct LoadLine: Encodable {
  let module: String
  let text: String
  let file: String
  let line: Int
}

extension NodeOptions {
  /// The node as it is, whatever the intent.
  fileprivate func observed() throws -> NodeState {
    var reconciler = try unreadReconciler(observeOnly: true)
    do {
      return try reconciler.observe(also: [])
    } catch {
      StandardStreams.printError("\(error)")
      throw ExitCode(1)
    }
  }
}

extension NodeState {
  fileprivate func failIfUnreadable() throws {
    for failure in unreadable { StandardStreams.printError("\(failure)") }
    if !unreadable.isEmpty { throw ExitCode(1) }
  }
}
