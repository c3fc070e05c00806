import ArgumentParser

/// Prints the completion script of a shell.
struct CompletionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "completion", abstract: "Print the completion script for bash, zsh or fish.",
    discussion: """
      For the running bash: source <(sctp-agent completion bash). For every new one: save the output as \
      /usr/share/bash-completion/completions/sctp-agent, /usr/share/zsh/site-functions/_sctp-agent or \
      /usr/share/fish/vendor_completions.d/sctp-agent.fish. Exit status: 0.
      """)

  enum Shell: String, CaseIterable, ExpressibleByArgument { case bash, zsh, fish }

  @Argument(help: "bash, zsh or fish.")
  var shell: Shell

  func run() {
    let shell: CompletionShell =
      switch shell {
      case .bash: .bash
      case .zsh: .zsh
      case .fish: .fish
      }
    StandardStreams.print(text: SctpAgent.completionScript(for: shell) + "\n")
  }
}
