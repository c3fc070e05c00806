import ArgumentParser
import LinuxNode

/// Makes SCTP work on Kubernetes nodes without a reboot, and proves it.
@main
struct SctpAgent: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sctp-agent",
    abstract: "Make SCTP work on this node, now and after the next boot, and prove it.",
    discussion: """
      Every option has an environment variable: --log-level is SCTP_AGENT_LOG_LEVEL; a list is comma-separated; \
      a flag on the command line wins.
      """,
    version: Version.text,
    subcommands: [
      RunCommand.self, PlanCommand.self, ApplyCommand.self, CheckCommand.self, ExplainCommand.self,
      StatusCommand.self, FleetCommand.self, ProbeCommand.self, LintCommand.self, RenderCommand.self,
      ConfigCommand.self,
      RevertCommand.self, VersionCommand.self, CompletionCommand.self,
    ])

  static func main() {
    StandardStreams.prepare()
    do {
      let environment = try EnvironmentArguments(
        of: CommandDescription(of: Self.self), given: ProcessArguments.all,
        variables: EnvironmentArguments.environment())
      for warning in environment.warnings { StandardStreams.printError("warning: \(warning)") }
      main(environment.arguments)
    } catch {
      exit(withError: error)
    }
  }
}
