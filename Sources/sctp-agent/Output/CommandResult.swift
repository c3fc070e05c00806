/// What a command prints: text for people, and the same as JSON for programs.
protocol CommandResult: Encodable {
  /// Whole lines of at most 80 columns. Only long names and commands to paste may be longer.
  var text: String { get }
  /// The bytes of the text. A result that contains bytes of files overrides it, because they need not be UTF-8.
  var bytes: [UInt8] { get }
}

extension CommandResult {
  var bytes: [UInt8] { Array(text.utf8) }
}

extension OutputOption {
  /// Prints the result in the chosen form. Exits with `status` if it cannot be written.
  func print(_ result: some CommandResult, orExit status: Int32 = 1) {
    StandardStreams.write(output == .text ? result.bytes : JSONResult.bytes(result), orExit: status)
  }
}
