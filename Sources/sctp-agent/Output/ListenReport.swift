/// Of `probe listen`, when it is ready.
struct ListenReport: ProbeReport {
  let listening: [String]

  var text: String { listening.map { "listening on \($0)\n" }.joined() }
}
