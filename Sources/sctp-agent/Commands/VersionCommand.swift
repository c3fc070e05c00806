import ArgumentParser

/// Prints the version of this program.
struct VersionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "version", abstract: "Print the version, the commit and the version of the compiler.",
    discussion: "Exit status: 0.")

  @OptionGroup var output: OutputOption

  func run() {
    if output.isJSON {
      JSONResult.print(Version.build)
    } else {
      StandardStreams.print(Version.text)
    }
  }
}
