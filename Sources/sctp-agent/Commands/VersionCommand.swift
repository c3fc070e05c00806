import ArgumentParser
import StatusServer

/// Prints the version of this program.
struct VersionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "version", abstract: "Print the version, the commit and the version of the compiler.",
    discussion: "Exit status: 0.")

  @OptionGroup var output: OutputOption

  func run() { output.print(Version.build) }
}

extension BuildVersion: CommandResult {
  var text: String { Version.text + "\n" }
}
