import Glibc

/// Environment variables as arguments: `SCTP_AGENT_LOG_LEVEL=debug` is `--log-level debug` for each command that has the
/// option.
struct EnvironmentArguments {
  static let prefix = "SCTP_AGENT_"

  /// The given arguments, with those of the variables inserted after the name of the command.
  let arguments: [String]
  /// One sentence for each variable that no option has.
  let warnings: [String]

  /// Reads the variables. An option on the command line wins over its variable. An empty variable has no effect, and
  /// neither has one for an option of another command.
  ///
  /// - Parameters:
  ///   - tool: the program; asked for only if there are variables, because that takes some milliseconds.
  ///   - given: the arguments of the command line.
  ///   - variables: those of the environment whose names have the prefix.
  init(
    of tool: @autoclosure () throws -> CommandDescription, given: [String], variables: [String: String]
  ) rethrows {
    let variables = variables.sorted { $0.key < $1.key }
    guard !variables.isEmpty else {
      (arguments, warnings) = (given, [])
      return
    }
    let tool = try tool()
    let known = tool.allVariables
    warnings = variables.map(\.key).filter { !known.contains($0) && !Self.isServiceLink($0) }.map { name in
      "the environment variable \(name) has no effect: no option has it"
        + (Self.nearest(to: name, in: known).map { "; did you mean \($0)?" } ?? "")
    }
    let (command, position) = tool.command(named: given)
    let options = command.variables
    let inserted = variables.flatMap { name, value -> [String] in
      guard !value.isEmpty, let option = options[name], !option.isGiven(in: given) else { return [] }
      return Self.arguments(of: option, value: value)
    }
    arguments = Array(given[..<position]) + inserted + given[position...]
  }

  private static func arguments(of option: CommandDescription.Argument, value: String) -> [String] {
    guard let name = option.longName else { return [] }
    if option.kind == "flag" {
      return ["1", "true", "yes", "on"].contains(value.lowercased()) ? ["--\(name)"] : []
    }
    let values = option.isRepeating ? value.split(separator: ",").map(String.init) : [value]
    // As one word, because a value may begin with a dash.
    return values.map { "--\(name)=\($0)" }
  }

  /// Returns whether Kubernetes itself sets the variable in the pods of a namespace that has a Service named `sctp-agent` or
  /// `sctp-agent-…`: `SCTP_AGENT_SERVICE_HOST`, `SCTP_AGENT_PORT_9132_TCP_ADDR` and their like.
  static func isServiceLink(_ name: String) -> Bool {
    let words = name.split(separator: "_")
    if words.last == "PORT" { return true }
    return words.indices.contains { index in
      let next = words[index...].dropFirst()
      guard let first = next.first else { return false }
      return switch words[index] {
      case "SERVICE": first == "HOST" || first == "PORT"
      case "PORT":
        first.allSatisfy(\.isNumber) && next.dropFirst().first.map { ["TCP", "UDP", "SCTP"].contains($0) } == true
      default: false
      }
    }
  }

  /// Returns the most similar name: the one with the fewest changes of single letters; nil if there are no names.
  static func nearest(to name: String, in names: Set<String>) -> String? {
    names.sorted().min { distance($0, name) < distance($1, name) }
  }

  /// Returns the number of letters to insert, delete or replace (Levenshtein's distance).
  private static func distance(_ one: String, _ other: String) -> Int {
    let other = Array(other.utf8)
    var row = Array(0...other.count)
    for (index, letter) in one.utf8.enumerated() {
      var diagonal = row[0]
      row[0] = index + 1
      for column in other.indices {
        let changed = diagonal + (letter == other[column] ? 0 : 1)
        diagonal = row[column + 1]
        row[column + 1] = min(changed, diagonal + 1, row[column] + 1)
      }
    }
    return row[other.count]
  }

  /// Returns the variables of this process whose names have the prefix.
  static func environment() -> [String: String] {
    var variables: [String: String] = [:]
    var entry = environ
    while let text = entry.pointee {
      entry += 1
      guard strncmp(text, prefix, prefix.utf8.count) == 0, let equals = strchr(text, CInt(UInt8(ascii: "="))) else {
        continue
      }
      let name = UnsafeBufferPointer(start: text, count: equals - text)
      variables[String(decoding: name.map(UInt8.init(bitPattern:)), as: UTF8.self)] = String(cString: equals + 1)
    }
    return variables
  }
}
