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
      discussion: "Exit status: 0, or 1 if a file could not be read.")

    @Option(
      help: ArgumentHelp(
        "Read the files as this version of kmod does, such as 30. By default the node's own, or the newest known one.",
        valueName: "version"))
    var kmodVersion: Int?

    @OptionGroup var node: IntentFreeOptions
    @OptionGroup var output: OutputOption

    func validate() throws {
      guard let kmodVersion, !(20...99).contains(kmodVersion) else { return }
      throw ValidationError("'\(kmodVersion)' is not a version of kmod; give a number such as 30")
    }

    func run() throws {
      let state = try node.place.observed()
      let configuration =
        kmodVersion.map { state.configuration(asReadBy: KmodVersion($0)) } ?? state.configuration
      output.print(ShowConfig(configuration: configuration))
      for line in configuration.skipped {
        StandardStreams.printError("\(line.location): skipped: \(line.text) (\(line.message))")
      }
      try state.failIfUnreadable()
    }
  }

  struct ModulesLoad: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "modules-load", abstract: "The modules that systemd-modules-load tries, in its order.",
      discussion: "Exit status: 0, or 1 if a file could not be read.")

    @OptionGroup var node: IntentFreeOptions
    @OptionGroup var output: OutputOption

    func run() throws {
      let state = try node.place.observed()
      output.print(ModulesToLoad(requests: state.loadRequests.requests))
      try state.failIfUnreadable()
    }
  }
}

/// The lines of `modprobe --showconfig`. The text has exactly its bytes. The JSON adds the place of each line.
private struct ShowConfig: CommandResult {
  let configuration: ModprobeConfiguration

  private struct Line: Encodable {
    let text: String
    let file: String
    let line: Int
  }

  var text: String { String(decoding: bytes, as: UTF8.self) }
  var bytes: [UInt8] { configuration.showConfig() }

  func encode(to encoder: any Encoder) throws {
    try configuration.showConfigEntries().map {
      Line(text: $0.text, file: $0.location.file, line: $0.location.line)
    }.encode(to: encoder)
  }
}

/// The modules that systemd-modules-load tries, one name a line.
private struct ModulesToLoad: CommandResult {
  let requests: [LoadRequests.Request]

  private struct Line: Encodable {
    let module: String
    let text: String
    let file: String
    let line: Int
  }

  var text: String { requests.map { $0.module.rawValue.printable + "\n" }.joined() }

  func encode(to encoder: any Encoder) throws {
    try requests.map {
      Line(module: $0.module.rawValue, text: $0.text, file: $0.location.file, line: $0.location.line)
    }.encode(to: encoder)
  }
}

extension PlaceOptions {
  /// The node as it is. The intent has no effect.
  fileprivate func observed() throws -> NodeState {
    var reconciler = try reader()
    return reconciler.observe(also: [])
  }
}

extension NodeState {
  fileprivate func failIfUnreadable() throws {
    for failure in unreadDropIns { StandardStreams.printError("\(failure)") }
    if !unreadDropIns.isEmpty { throw ExitCode(1) }
  }
}
