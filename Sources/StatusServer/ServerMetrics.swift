/// The server's part of `/metrics`: its own counters and the process.
struct ServerMetrics {
  private static let requests = "sctp_agent_http_requests"
  private static let requestsHelp = "Requests answered, by path and status code."
  private static let connections = "sctp_agent_http_connections"

  private let process = ProcessMetrics()

  /// The whole response: the agent's families, the server's, and what the format ends with.
  func response(
    _ format: AcceptedFormat, snapshot: PublishedSnapshot, counters: RequestCounters, connections: Int
  ) -> HTTPResponse {
    let samples =
      counters.samples("\(Self.requests)_total") + """
        # HELP \(Self.connections) Connections that are open.
        # TYPE \(Self.connections) gauge
        \(Self.connections) \(connections)

        """
    let vary = ["Vary: Accept"]
    switch format {
    case .prometheusText:
      var text = "# HELP \(Self.requests)_total \(Self.requestsHelp)\n# TYPE \(Self.requests)_total counter\n" + samples
      for sample in process.samples() { text += Self.family(sample, named: sample.name) }
      return HTTPResponse(
        .ok, type: "text/plain; version=0.0.4; charset=utf-8", fields: vary, content: snapshot.metrics + text.utf8)
    case .openMetrics:
      var text = "# HELP \(Self.requests) \(Self.requestsHelp)\n# TYPE \(Self.requests) counter\n" + samples
      for sample in process.samples() {
        let isCounter = sample.name.hasSuffix("_total")
        text += Self.family(sample, named: isCounter ? String(sample.name.dropLast(6)) : sample.name)
      }
      return HTTPResponse(
        .ok, type: "application/openmetrics-text; version=1.0.0; charset=utf-8", fields: vary,
        content: snapshot.openMetrics + (text + "# EOF\n").utf8)
    }
  }

  private static func family(_ sample: ProcessMetrics.Sample, named name: String) -> String {
    "# HELP \(name) \(sample.help)\n# TYPE \(name) \(sample.type)\n\(sample.name) \(sample.value)\n"
  }
}
