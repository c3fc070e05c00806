import ArgumentParser
import Glibc

/// Variables as arguments: `SCTP_AGENT_LOG_LEVEL=debug` is `--log-level debug` for each command that has the option.
enum EnvironmentArguments {
  private static let prefix = "SCTP_AGENT_"

  /// The arguments with those of the variables put behind the command's name. An option that stands on the command
  /// line is left alone, and so is one whose variable is empty, and a variable that the command has no option for.
  static func arguments(
    of root: any ParsableCommand.Type, given: [String], variables: [String: String]
  ) -> [String] {
    let variables = variables.filter { $0.key.hasPrefix(prefix) && !$0.value.isEmpty }
    guard !variables.isEmpty else { return given }
    var command = root
    var position = 0
    while position < given.count,
      let next = command.configuration.subcommands.first(where: { $0._commandName == given[position] })
    {
      command = next
      position += 1
    }
    let options = options(of: command)
    var inserted: [String] = []
    for (name, value) in variables.sorted(by: { $0.key < $1.key }) {
      let option = "--" + name.dropFirst(prefix.count).lowercased().replacing("_", with: "-")
      guard let takesValue = options[option], !given.names(option) else { continue }
      if takesValue {
        let values = repeatable.contains(option) ? value.split(separator: ",").map(String.init) : [value]
        // In one word: a value may begin with a dash.
        inserted += values.map { "\(option)=\($0)" }
      } else if ["1", "true", "yes", "on"].contains(value.lowercased()) {
        inserted.append(option)
      }
    }
    return Array(given[..<position]) + inserted + given[position...]
  }

  private static let repeatable: Set<String> = ["--intent", "--role", "--listen", "--module", "--prove"]

  /// The long options that the command's help lists, and whether each takes a value.
  private static func options(of command: any ParsableCommand.Type) -> [String: Bool] {
    let help = SctpAgent.helpMessage(for: command, includeHidden: true, columns: 500)
    guard let heading = help.firstRange(of: "\nOPTIONS:\n") else { return [:] }
    var options: [String: Bool] = [:]
    for line in help[heading.upperBound...].split(separator: "\n") where line.hasPrefix("  -") {
      let words = line.split(separator: " ", maxSplits: 4)
      guard let option = words.firstIndex(where: { $0.hasPrefix("--") }) else { continue }
      options[String(words[option])] = words.dropFirst(option + 1).first?.hasPrefix("<") == true
    }
    return options
  }

  static func environment() -> [String: String] {
    var variables: [String: String] = [:]
    var entry = environ
    while let text = entry.pointee {
      let parts = String(cString: text).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if parts.count == 2 { variables[String(parts[0])] = String(parts[1]) }
      entry += 1
    }
    return variables
  }
}

extension [String] {
  /// True where the option stands among the arguments in one of its spellings.
  fileprivate func names(_ option: String) -> Bool {
    contains { $0 == option || $0.hasPrefix(option + "=") || (option == "--output" && $0.hasPrefix("-o")) }
  }
}
