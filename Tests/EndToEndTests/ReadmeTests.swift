import Foundation
import Testing

@testable import sctp_agent

/// Holds the tables of options in docs/reference.md to what the binary says of itself.
@Suite struct ReadmeTests {
  private struct Option: Hashable {
    let name: String
    let value: String?
    let isFlag: Bool
    let repeats: Bool
  }

  /// Returns by command, such as `probe connect`, what it takes beside `--help` and `--version`.
  private static func options() throws -> [String: Set<Option>] {
    let dump = try MadeUpNode.run(["--experimental-dump-help"]).output
    let root = try #require(try JSONSerialization.jsonObject(with: Data(dump.utf8)) as? [String: Any])
    var options: [String: Set<Option>] = [:]
    func add(_ command: [String: Any], below path: [String]) {
      let path = path + [command["commandName"] as? String ?? ""]
      let arguments = command["arguments"] as? [[String: Any]] ?? []
      options[path.dropFirst().joined(separator: " ")] = Set(
        arguments.compactMap { argument in
          let name = (argument["preferredName"] as? [String: String])?["name"]
          guard let name, !["help", "version"].contains(name) else { return nil }
          return Option(
            name: "--\(name)", value: argument["defaultValue"] as? String,
            isFlag: argument["kind"] as? String == "flag", repeats: argument["isRepeating"] as? Bool == true)
        })
      for subcommand in command["subcommands"] as? [[String: Any]] ?? [] { add(subcommand, below: path) }
    }
    add(try #require(root["command"] as? [String: Any]), below: [])
    options["help"] = nil
    return options
  }

  /// The rows of the tables below `### Options`, with the head of their table in front.
  private static func rows() throws -> [(head: Substring, cells: [Substring])] {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/reference.md")
      .standardized
    let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false)
      .drop { $0 != "### Options" }.dropFirst().prefix { !$0.hasPrefix("#") }
    var rows: [(head: Substring, cells: [Substring])] = []
    var head: Substring = ""
    for line in lines {
      let cells = line.replacing("\\|", with: "/").split(separator: "|", omittingEmptySubsequences: false).dropFirst()
      guard line.hasPrefix("|"), let first = cells.first else {
        head = ""
        continue
      }
      if head.isEmpty { head = first } else { rows.append((head, Array(cells))) }
    }
    return rows
  }

  @Test func everyOptionOfEveryCommandStandsInATableWithItsDefault() throws {
    let rows = try Self.rows()
    let options = try Self.options()
    #expect(options.count >= 14 && rows.count > 20)
    for (command, taken) in options {
      let looksAtANode = taken.contains { $0.name == "--root" }
      let own = rows.filter { row in
        row.head.contains("look at a node") && looksAtANode || row.head.contains("`\(command)`")
          || row.head.contains("others") && (row.cells[0].hasPrefix(" `\(command)` ") || row.cells[0].hasPrefix(" `-"))
      }
      for option in taken {
        let row = own.first { $0.cells[0].contains("\(option.name) ") || $0.cells[0].contains("\(option.name)`") }
        #expect(row != nil, "\(command) \(option.name)")
        if let row, let value = option.value {
          #expect(row.cells[1].contains(value.hasSuffix(".0") ? value.dropLast(2) : value[...]), "\(row.cells)")
        }
      }
    }
  }

  @Test func everyOptionOfEveryCommandHasItsVariable() throws {
    let tool = try CommandDescription(of: SctpAgent.self)
    for (command, options) in try Self.options() {
      let words = command.split(separator: " ").map(String.init)
      for option in options {
        let variable = "SCTP_AGENT_" + option.name.dropFirst(2).uppercased().replacing("-", with: "_")
        func arguments(_ value: String, given: [String] = words) -> [String] {
          EnvironmentArguments(of: tool, given: given, variables: [variable: value]).arguments
        }
        let expected =
          option.isFlag ? [] : option.repeats ? ["\(option.name)=-1", "\(option.name)=b"] : ["\(option.name)=-1,b"]
        #expect(arguments("-1,b") == words + expected, "\(command)")
        #expect(arguments("true") == words + [option.isFlag ? option.name : "\(option.name)=true"], "\(command)")
        #expect(arguments("") == words, "\(command)")
        #expect(arguments("true", given: words + [option.name]) == words + [option.name], "\(command)")
      }
    }
  }

  @Test func noTableHasAnOptionThatTheBinaryDoesNotTake() throws {
    let taken = Set(try Self.options().values.joined().map(\.name))
    for row in try Self.rows() {
      for match in row.cells[0].matches(of: /--[a-z][a-z-]+/) {
        #expect(taken.contains(String(match.output)), "\(row.cells[0])")
      }
    }
  }
}
