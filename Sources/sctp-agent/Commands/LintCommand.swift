import ArgumentParser
import MachineIntent

/// Reviews MachineConfigs before a cluster or a node gets them. Needs no node.
struct LintCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lint",
    abstract: "Review MachineConfigs and Ignition configs.",
    discussion: """
      Prints a line for each finding: file:line:col: error|warning: text [code]. All files together are read as one \
      cluster would: merged in the machine-config operator's order. Exit status: 0 clean or warnings only, 1 errors.
      """)

  @Option(name: .long, help: "Only MachineConfigs of this role; repeatable.")
  var role: [String] = []

  @OptionGroup var output: OutputOption

  @Argument(help: "A file, a directory (its *.yaml, *.yml and *.json), or - for standard input.", completion: .file())
  var file: [String]

  func run() throws {
    var documents: [IntentDocument] = []
    var issues: [ConfigIssue] = []
    for path in file {
      do throws(SourceFile.Failure) {
        documents += try SourceFile.documents(at: path)
      } catch {
        issues.append(
          ConfigIssue(
            .error, at: SourceLocation(file: path, line: 1, column: 1), code: .unreadable,
            message: error.reason))
      }
    }
    if !documents.isEmpty { issues += IntentReader.lint(documents, roles: role) }
    StandardStreams.print(text: output.isJSON ? LintReport.manifest(of: issues).json : LintReport.lines(issues))
    if issues.contains(where: { $0.severity == .error }) { throw ExitCode(1) }
  }
}
