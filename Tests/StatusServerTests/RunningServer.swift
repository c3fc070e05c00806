import Glibc
import Linux
import StatusServer
import Testing

/// A server on an ephemeral port of the loopback, for one test.
final class RunningServer {
  let board: StatusBoard
  let port: UInt16
  private let server: StatusServer
  private let thread: PosixThread

  /// - Parameter more: Listeners besides the one on the loopback.
  init(_ limits: ServerLimits = ServerLimits(), snapshot: PublishedSnapshot? = .sample(), more: [Listener] = []) throws
  {
    let listener = try #require(try Listener.open(.tcp4(host: "127.0.0.1", port: 0)))
    port = try #require(listener.address.split(separator: ":").last.flatMap { UInt16($0) })
    board = try StatusBoard()
    if let snapshot { board.publish(snapshot) }
    server = try StatusServer(listeners: [listener] + more, board: board, limits: limits)
    thread = try server.start()
  }

  deinit {
    server.stop()
    thread.join()
  }

  func connect() throws -> RawClient { try RawClient(port: port) }

  /// Returns once `/metrics` holds the line; the test fails where it never does.
  func awaitMetric(_ line: String) {
    awaitMetrics { text in text.split(separator: "\n").contains { $0 == line } }
  }

  /// Returns once so many connections are open besides the one that asks.
  func awaitConnections(_ count: Int) { awaitMetric("sctp_agent_http_connections \(count + 1)") }

  private func awaitMetrics(_ condition: (String) -> Bool) {
    for _ in 0..<10_000 {
      if let text = try? get("/metrics").text, condition(text) { return }
    }
    Issue.record("the metrics never showed it")
  }

  /// One request on a connection of its own.
  func get(_ target: String, fields: [String] = [], method: String = "GET") throws -> RawResponse {
    let client = try connect()
    client.send(
      "\(method) \(target) HTTP/1.1\r\nHost: localhost\r\n" + fields.map { "\($0)\r\n" }.joined() + "\r\n")
    return try #require(client.receive(head: method == "HEAD"))
  }
}

extension PublishedSnapshot {
  static func sample(
    ready: Bool = true, etag: String = "1", status: String = "{\"ready\":true}\n",
    page: @escaping @Sendable () -> PageText = { PageText(opening: "<!doctype html>", rest: "<title>sctp</title>") }
  ) -> Self {
    PublishedSnapshot(
      ready: ready, status: Array(status.utf8), etag: etag,
      readyz: Array((ready ? "[+]Ready ok\n" : "[-]Ready Blocked: sctp is blacklisted\n").utf8),
      page: page, version: Array("{\"version\":\"0\"}\n".utf8),
      metrics: { Array("# HELP sctp_agent_ready Ready.\n# TYPE sctp_agent_ready gauge\nsctp_agent_ready 1\n".utf8) },
      openMetrics: {
        Array("# HELP sctp_agent_ready Ready.\n# TYPE sctp_agent_ready gauge\nsctp_agent_ready 1\n".utf8)
      })
  }
}
