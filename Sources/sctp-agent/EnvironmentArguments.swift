import ArgumentParser
import Glibc

/// Variables as arguments: `SCTP_AGENT_LOG_LEVEL=debug` is `--log-level debug` for each command that has the option.
enum EnvironmentArguments {
  private static let prefix = "SCTP_AGENT_"

  /// The arguments with those of the environment put behind the command's name. An option that stands on the command
  /// line is left alone, and so is a variable that the command has no option for.
  static func arguments(of root: any ParsableCommand.Type, given: [String]) -> [String] {
    let variables = environment().filter { $0.key.hasPrefix(prefix) }
    guard !variables.isEmpty else { return given }
    var command = root
    var position = 0
    while position < given.count,
      let next = command.configuration.subcommands.first(where: { $0._commandName == given[position] })
    {
      command = next
      position += 1
    }
    let help = SctpAgent.helpMessage(for: command, includeHidden: true, columns: 500)
    var inserted: [String] = []
    for (name, value) in variables.sorted(by: { $0.key < $1.key }) {
      let option = "--" + name.dropFirst(prefix.count).lowercased().replacing("_", with: "-")
      guard let usage = help.range(of: option, followedBy: [" ", "\n"]), !given.names(option) else { continue }
      if help[usage...].hasPrefix(" <") {
        let repeats = repeatable.contains(option)
        let values = repeats ? value.split(separator: ",").map(String.init) : [value]
        inserted += values.flatMap { [option, $0] }
      } else if ["1", "true", "yes", "on"].contains(value.lowercased()) {
        inserted.append(option)
      }
    }
    return Array(given[..<position]) + inserted + given[position...]
  }

  private static let repeatable: Set<String> = ["--intent", "--role", "--listen", "--module"]

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

extension String {
  /// Where the text behind the first whole-word occurrence of `word` begins; nil: there is none.
  fileprivate func range(of word: String, followedBy ends: Set<Character>) -> String.Index? {
    var start = startIndex
    while let found = self[start...].firstRange(of: word) {
      if found.upperBound < endIndex, ends.contains(self[found.upperBound]) { return found.upperBound }
      start = found.upperBound
    }
    return nil
  }
}
