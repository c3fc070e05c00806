/// The output of `probe listen` when it is ready.
struct ListenReport: CommandResult {
  let listening: [String]

  var text: String { listening.map { "listening on \($0)\n" }.joined() }
}
