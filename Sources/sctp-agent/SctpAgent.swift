import ArgumentParser

@main
struct SctpAgent: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sctp-agent", subcommands: [LintCommand.self, RenderCommand.self, ProbeCommand.self])
}
