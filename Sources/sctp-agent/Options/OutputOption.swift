import ArgumentParser

/// The format of a command's result.
struct OutputOption: ParsableArguments {
  enum Form: String, CaseIterable, ExpressibleByArgument { case text, json }

  @Option(name: .shortAndLong, help: "Format of the result: text or json.")
  var output = Form.text

  var isJSON: Bool { output == .json }
}
