/// The server's part of `/metrics`: its own counters and those of the process.
struct ServerMetrics {
  private let process = ProcessMetrics()

  /// Returns the whole response: the agent's families, which `answers` renders once, the server's, and the end that the
  /// format requires.
  func response(
    _ format: AcceptedFormat, answers: inout StatusAnswers, counters: RequestCounters, connections: Int
  ) -> HTTPResponse {
    let open = MetricFamily(
      "sctp_agent_http_connections", .gauge, "Open connections.", [.init(value: "\(connections)")])
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
