/// Of `probe listen`, when it ends.
struct TotalsReport: ProbeReport {
  let clients: Int
  let bytes: Int

  var text: String { "echoed \(bytes) bytes to \(clients) \(clients == 1 ? "client" : "clients")\n" }
}
