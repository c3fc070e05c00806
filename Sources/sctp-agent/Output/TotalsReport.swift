/// The output of `probe listen` when it ends.
struct TotalsReport: CommandResult {
  let clients: Int
  let bytes: Int

  var text: String { "echoed \(bytes) bytes to \(clients) \(clients == 1 ? "client" : "clients")\n" }
}
