/// The server's part of `/metrics`: its own counters and the process.
struct ServerMetrics {
  private let process = ProcessMetrics()

  /// The whole response: the agent's families, which `answers` renders unless it has, the server's, and what the format
  /// ends with.
  func response(
    _ format: AcceptedFormat, answers: inout StatusAnswers, counters: RequestCounters, connections: Int
  ) -> HTTPResponse {
    let open = MetricFamily(
      "sctp_agent_http_connections", .gauge, "Connections that are open.", [.init(value: "\(connections)")])
    let own = ([counters.family, open] + process.families()).map { $0.text(format) }.joined()
    switch format {
    case .prometheusText:
      return HTTPResponse(
        .ok, type: "text/plain; version=0.0.4; charset=utf-8", fields: ["Vary: Accept"],
        content: answers.metrics + own.utf8)
    case .openMetrics:
      return HTTPResponse(
        .ok, type: "application/openmetrics-text; version=1.0.0; charset=utf-8", fields: ["Vary: Accept"],
        content: answers.openMetrics + (own + "# EOF\n").utf8)
    }
  }
}
