import ArgumentParser
import Glibc
import MachineIntent

/// Reviews MachineConfigs before a cluster or a node gets them. It needs no node.
struct LintCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lint",
    abstract: "Review MachineConfigs and Ignition configs.",
    discussion: """
      Prints one line for each finding: file:line:col: error|warning: text [code]. All files are read together, as a \
      cluster merges them in the machine-config operator's order. Errors are what Ignition, the API server, the operator \
      or its daemon refuses, and what blocks a module that the files load. \
      Exit status: 0 no findings or warnings only, 1 errors.
      """)

  @Option(name: .long, help: "Review only the MachineConfigs of this role; repeatable.")
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
    if output.isJSON {
      StandardStreams.print(text: LintReport.manifest(of: issues).json)
    } else {
      let isTerminal = isatty(STDOUT_FILENO) == 1
      StandardStreams.print(text: LintReport.lines(issues) + (isTerminal ? LintReport.summary(issues) : ""))
    }
    if issues.contains(where: { $0.severity == .error }) { throw ExitCode(1) }
  }
}
