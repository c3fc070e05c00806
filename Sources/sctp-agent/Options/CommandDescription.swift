import ArgumentParser
import FoundationEssentials

/// A command with its options and subcommands, as the argument parser describes it: the parts of
/// `--experimental-dump-help` that this program uses.
struct CommandDescription: Decodable {
  struct Argument: Decodable {
    struct Name: Decodable {
      /// `long`, `short` or `longWithSingleDash`.
      let kind: String
      let name: String
    }

    /// `positional`, `option` or `flag`.
    let kind: String
    let isRepeating: Bool
    let names: [Name]?
  }

  let commandName: String
  let subcommands: [CommandDescription]?
  let arguments: [Argument]?

  private struct Tool: Decodable { let command: CommandDescription }

  /// Throws if the parser's description is not in the known form.
  init(of root: any ParsableCommand.Type) throws {
    self = try JSONDecoder().decode(Tool.self, from: Data(root._dumpHelp().utf8)).command
  }

  /// Returns the command that the first arguments name, and the number of these arguments.
  func command(named arguments: [String]) -> (command: CommandDescription, position: Int) {
    var command = self
    var position = 0
    while position < arguments.count,
      let next = command.subcommands?.first(where: { $0.commandName == arguments[position] })
    {
      command = next
      position += 1
    }
    return (command, position)
  }

  /// The options and flags of this command by the name of their variable, `SCTP_AGENT_LOG_LEVEL` for `--log-level`.
  var variables: [String: Argument] {
    var variables: [String: Argument] = [:]
    for argument in arguments ?? [] where argument.kind != "positional" {
      if let variable = argument.variable { variables[variable] = argument }
    }
    return variables
  }

  /// The names of all variables that this command or one below it reads.
  var allVariables: Set<String> {
    (subcommands ?? []).reduce(into: Set(variables.keys)) { $0.formUnion($1.allVariables) }
  }
}

extension CommandDescription.Argument {
  /// The long name without its dashes; nil if there is none.
  var longName: String? { names?.first { $0.kind == "long" }?.name }

  /// The environment variable of the option; nil for the flags that every command has. They print something and end the
  /// program.
  var variable: String? {
    guard let longName, longName != "help", longName != "version" else { return nil }
    return EnvironmentArguments.prefix + longName.uppercased().replacing("-", with: "_")
  }

  /// Returns whether the command line has the option in one of its spellings.
  func isGiven(in arguments: [String]) -> Bool {
    arguments.prefix { $0 != "--" }.contains { argument in
      (names ?? []).contains { name in
        name.kind == "short"
          ? argument.hasPrefix("-\(name.name)") && !argument.hasPrefix("--")
          : argument == "--\(name.name)" || argument.hasPrefix("--\(name.name)=")
      }
    }
  }
}
