import StatusServer
import Testing

@Suite struct WaitTests {
  private static func wait(_ seconds: String) -> String {
    "GET /status?wait=ready&timeout=\(seconds) HTTP/1.1\r\nHost: a\r\n\r\n"
  }

  @Test func aReadyNodeIsNotWaitedFor() throws {
    let server = try RunningServer()
    #expect(try server.get("/status?wait=ready&timeout=100").status == 200)
    #expect(try server.get("/status?wait=ready").status == 200)
  }

  @Test func theStateAsItIsComesAtTheTimeout() throws {
    let server = try RunningServer(snapshot: .sample(ready: false))
    let client = try server.connect()
    client.send(Self.wait("0.1"))
    #expect(client.receive()?.status == 503)
    client.send(Self.wait("0"))
    #expect(client.receive()?.status == 503)
    client.send(Self.wait("0.02") + "GET /livez HTTP/1.1\r\nHost: a\r\n\r\n" + Self.wait("0.02"))
    #expect(client.receive()?.status == 503)
    #expect(client.receive()?.text == "ok")
    #expect(client.receive()?.status == 503)
  }

  @Test func allWhoWaitAreAnsweredWhenTheNodeBecomesReady() throws {
    let server = try RunningServer(ServerLimits(maxConnections: 2000), snapshot: .sample(ready: false))
    let clients = try (0..<300).map { _ in try server.connect() }
    for client in clients { client.send(Self.wait("100") + "GET /livez HTTP/1.1\r\nHost: a\r\n\r\n") }
    server.awaitConnections(clients.count)
    // Not Ready yet: nobody is answered, others are.
    server.board.publish(.sample(ready: false, status: "{\"round\":1}"))
    #expect(try server.get("/status").text == "{\"round\":1}")
    server.board.publish(.sample(status: "{\"round\":2}"))
    for client in clients {
      let response = try #require(client.receive())
      #expect(response.status == 200)
      #expect(response.text == "{\"round\":2}")
      #expect(client.receive()?.text == "ok")
    }
  }

  @Test func aWaiterThatEndedItsSideIsStillAnswered() throws {
    let server = try RunningServer(snapshot: .sample(ready: false))
    let client = try server.connect()
    client.send(Self.wait("100"))
    client.shutDownSending()
    server.awaitConnections(1)
    server.board.publish(.sample())
    #expect(client.receive()?.status == 200)
    #expect(client.isClosed())
  }

  @Test func aWaitBehindAnAnswerThatIsStillBeingReadIsNotForgotten() throws {
    let server = try RunningServer(snapshot: .sample(ready: false, status: String(repeating: "x", count: 16_000_000)))
    let client = try server.connect()
    client.send("GET /status HTTP/1.1\r\nHost: a\r\n\r\n" + Self.wait("100"))
    server.awaitMetric("sctp_agent_http_requests_total{path=\"/status\",code=\"503\"} 1")
    server.board.publish(.sample())
    #expect(client.receive()?.status == 503)
    #expect(client.receive()?.status == 200)
  }

  @Test func aWaiterThatHoldsTheDocumentOfBeforeIsSentTheNewOne() throws {
    let server = try RunningServer(snapshot: .sample(ready: false, etag: "old"))
    let client = try server.connect()
    client.send("GET /status?wait=ready&timeout=100 HTTP/1.1\r\nHost: a\r\nIf-None-Match: \"old\"\r\n\r\n")
    server.awaitConnections(1)
    server.board.publish(.sample(etag: "new"))
    let response = try #require(client.receive())
    #expect(response.status == 200)
    #expect(response["etag"] == "\"new\"")
  }
}
