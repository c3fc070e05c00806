import Glibc
import StatusServer
import Testing

/// What the server does with sockets that it finds ready all at once.
@Suite struct AtOnceTests {
  /// A server with open connections, held up by the rendering of its page until it may go on.
  private final class HeldUpServer {
    let clients: [RawClient]
    private let server: RunningServer
    private let first: RawClient
    private let begun: (read: Int32, write: Int32)
    private let gate: (read: Int32, write: Int32)

    init(_ limits: ServerLimits = ServerLimits(), clients count: Int) throws {
      let (begun, gate) = (try Self.pipe(), try Self.pipe())
      let server = try RunningServer(
        limits,
        snapshot: .sample(page: {
          _ = write(begun.write, "x", 1)
          var byte: UInt8 = 0
          _ = read(gate.read, &byte, 1)
          return PageText(opening: "<!doctype html>", rest: "")
        }))
      clients = try (0..<count).map { _ in try server.connect() }
      let first = try server.connect()
      server.awaitConnections(count + 1)
      first.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
      var byte: UInt8 = 0
      try #require(read(begun.read, &byte, 1) == 1)
      (self.server, self.first, self.begun, self.gate) = (server, first, begun, gate)
    }

    deinit { for end in [begun.read, begun.write, gate.read, gate.write] { close(end) } }

    private static func pipe() throws -> (read: Int32, write: Int32) {
      var ends: [Int32] = [0, 0]
      try #require(Glibc.pipe(&ends) == 0)
      return (ends[0], ends[1])
    }

    func connect() throws -> RawClient { try server.connect() }

    func goOn() {
      _ = write(gate.write, "x", 1)
      #expect(first.receive()?.status == 200)
    }
  }

  @Test func eachGetsTheAnswerToItsOwnQuestion() throws {
    let kinds: [(text: String, status: Int, field: String?, content: Bool)] = [
      ("GET /status HTTP/1.1\r\nHost: a\r\n\r\n", 200, nil, true),
      ("GET /status HTTP/1.1\r\nHost: a\r\n\r\n", 200, nil, true),
      ("HEAD /status HTTP/1.1\r\nHost: a\r\n\r\n", 200, nil, false),
      ("GET /status HTTP/1.1\r\nHost: a\r\nIf-None-Match: \"1\"\r\n\r\n", 304, nil, false),
      ("GET /status HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 200, "close", true),
      ("GET /status HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", 200, "keep-alive", true),
      ("GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n", 404, nil, true),
      ("POST /status HTTP/1.1\r\nHost: a\r\n\r\n", 405, nil, true),
      ("GET /status HTTP/1.1\r\n\r\n", 400, "close", true),
    ]
    let server = try HeldUpServer(clients: 5 * kinds.count)
    for (index, client) in server.clients.enumerated() { client.send(kinds[index % kinds.count].text) }
    server.goOn()
    for (index, client) in server.clients.enumerated() {
      let kind = kinds[index % kinds.count]
      let response = try #require(client.receive(head: kind.text.hasPrefix("HEAD")))
      #expect(response.status == kind.status, "\(kind.text)")
      #expect(response["connection"] == kind.field, "\(kind.text)")
      #expect(response.content.isEmpty == !kind.content, "\(kind.text)")
      if kind.field == "close" {
        #expect(client.isClosed())
      } else {
        client.send("GET /livez HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(client.receive()?.text == "ok", "\(kind.text)")
      }
    }
  }

  @Test func theSameRequestAgainIsAnsweredFromTheNewDocument() throws {
    let server = try RunningServer()
    let client = try server.connect()
    let request = "GET /status HTTP/1.1\r\nHost: a\r\nIf-None-Match: \"1\"\r\n\r\n"
    for _ in 0..<2 {
      client.send(request)
      #expect(client.receive()?.status == 304)
    }
    server.board.publish(.sample(etag: "2"))
    client.send(request)
    #expect(client.receive()?.status == 200)
  }

  @Test func whoHasAskedIsAnsweredBeforeItIsClosedForANewConnection() throws {
    let server = try HeldUpServer(ServerLimits(maxConnections: 3), clients: 1)
    server.clients[0].send("GET /livez HTTP/1.1\r\nHost: a\r\n\r\n")
    let others = try (0..<3).map { _ in try server.connect() }
    server.goOn()
    #expect(server.clients[0].receive()?.text == "ok")
    others[2].send("GET /livez HTTP/1.1\r\nHost: a\r\n\r\n")
    #expect(others[2].receive()?.text == "ok")
  }

  @Test func whoHasAskedAndEndedItsSideIsAnswered() throws {
    let server = try HeldUpServer(clients: 20)
    for client in server.clients {
      client.send("GET /livez HTTP/1.1\r\nHost: a\r\n\r\n")
      client.shutDownSending()
    }
    server.goOn()
    for client in server.clients {
      #expect(client.receive()?.text == "ok")
      #expect(client.isClosed())
    }
  }

  @Test func theCountOfRequestsHoldsThoseThatAreAskedAtOnce() throws {
    let server = try HeldUpServer(clients: 30)
    for client in server.clients { client.send("GET /status HTTP/1.1\r\nHost: a\r\n\r\n") }
    server.goOn()
    for client in server.clients { #expect(client.receive()?.status == 200) }
    server.clients[0].send("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n")
    let metrics = try #require(server.clients[0].receive()?.text)
    #expect(metrics.contains("sctp_agent_http_requests_total{path=\"/status\",code=\"200\"} 30\n"))
  }
}
