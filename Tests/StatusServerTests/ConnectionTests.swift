import Glibc
import Linux
import StatusServer
import Testing

@Suite struct ConnectionTests {
  @Test func `a server that waits for the first pass can be stopped`() throws {
    let board = try StatusBoard()
    let server = try StatusServer(listeners: [], board: board)
    let thread = try server.start(preparing: { board.awaitNews(upTo: .seconds(3600)) })
    server.stop()
    thread.join()
    #expect(board.current?.ready == nil)
  }

  private static let get = "GET /livez HTTP/1.1\r\nHost: a\r\n\r\n"

  @Test func manyRequestsOnOneConnectionAreAnsweredInOrder() throws {
    let server = try RunningServer()
    let client = try server.connect()
    for _ in 0..<3 {
      client.send("GET /status HTTP/1.1\r\nHost: a\r\n\r\n")
      #expect(client.receive()?.status == 200)
    }
    let targets = (0..<500).map { ["/livez", "/nothing", "/readyz?verbose", "/status"][$0 % 4] }
    client.send(targets.map { "GET \($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined())
    for target in targets { #expect(client.receive()?.status == (target == "/nothing" ? 404 : 200)) }
  }

  @Test func aClientThatReadsLateGetsAllItsAnswers() throws {
    let large = String(repeating: "x", count: 1_000_000)
    let server = try RunningServer(snapshot: .sample(status: large))
    let client = try server.connect()
    client.send(String(repeating: "GET /status HTTP/1.1\r\nHost: a\r\n\r\n", count: 30))
    // Others are served while this one does not read.
    #expect(try server.get("/livez").status == 200)
    for _ in 0..<30 { #expect(client.receive()?.content.count == 1_000_000) }
    client.send(Self.get)
    #expect(client.receive()?.text == "ok")
  }

  @Test func aClientThatDoesNotReadIsCutOff() throws {
    let large = String(repeating: "x", count: 8_000_000)
    let server = try RunningServer(
      ServerLimits(responseTime: .milliseconds(200)), snapshot: .sample(status: large))
    let client = try server.connect()
    client.send("GET /status HTTP/1.1\r\nHost: a\r\n\r\n")
    server.awaitMetric("sctp_agent_http_requests_total{path=\"/status\",code=\"200\"} 1")
    server.awaitConnections(0)
    #expect(client.receive() == nil)
  }

  @Test(arguments: [
    ("GET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "close"), ("GET /livez HTTP/1.0\r\n\r\n", "close"),
    ("GET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\nGET /livez HTTP/1.1\r\n", "close"),
    ("POST /livez HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello", "close"),
  ])
  func aConnectionThatIsNotKeptIsClosedAfterTheAnswer(text: String, field: String) throws {
    let server = try RunningServer()
    let client = try server.connect()
    client.send(text)
    let response = try #require(client.receive())
    #expect(response["connection"] == field)
    #expect(client.isClosed())
  }

  @Test func anOldClientMayKeepItsConnection() throws {
    let server = try RunningServer()
    let client = try server.connect()
    for _ in 0..<2 {
      client.send("GET /livez HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
      let response = try #require(client.receive())
      #expect(response["connection"] == "keep-alive")
      #expect(response.text == "ok")
    }
  }

  @Test(arguments: [
    "GET /livez HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
    "GET /livez HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    "GET /livez HTTP/1.1\r\nHost: a\r\nContent-Length: 65536\r\n\r\n" + String(repeating: "x", count: 65536),
  ])
  func contentIsReadAndDropped(text: String) throws {
    let server = try RunningServer()
    let client = try server.connect()
    client.send(text + Self.get)
    #expect(client.receive()?.text == "ok")
    #expect(client.receive()?.text == "ok")
  }

  @Test(arguments: [
    ("GET /livez HTTP/1.1\r\nHost: a\r\nContent-Length: 65537\r\n\r\n", 413),
    ("GET /livez HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n10001\r\n", 413),
    ("GET /livez HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", 400),
    ("GET /livez HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
    ("GET /livez HTTP/1.1\r\nHost: a\r\nX: " + String(repeating: "x", count: 9000) + "\r\n\r\n", 431),
    ("GET /" + String(repeating: "x", count: 9000) + " HTTP/1.1\r\nHost: a\r\n\r\n", 414),
    ("GET /livez HTTP/3.0\r\nHost: a\r\n\r\n", 505), ("GET /livez HTTP/1.1\r\nHost: a\r\nExpect: x\r\n\r\n", 417),
    ("\0", 408), ("GET /livez HTTP/1.1\r\nHost: a\r\n", 408), ("GET / HTTP/1.1\r\n\r\n", 400),
    ("GET /livez HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhell", 408),
  ])
  func aBadRequestIsAnErrorAndTheEnd(text: String, status: Int) throws {
    let server = try RunningServer(ServerLimits(requestTime: .milliseconds(200)))
    let client = try server.connect()
    client.send(Self.get + text)
    #expect(client.receive()?.status == 200)
    let response = try #require(client.receive())
    #expect(response.status == status)
    #expect(response["content-type"] == "application/json")
    #expect(response["connection"] == "close")
    #expect(response.text.hasPrefix("{\"error\":\""))
    #expect(client.isClosed())
  }

  @Test func aBadRequestsAnswerSurvivesWhatFollowsIt() throws {
    let server = try RunningServer()
    let client = try server.connect()
    client.send("BAD\r\n\r\n" + String(repeating: "x", count: 100_000))
    #expect(client.receive()?.status == 400)
    #expect(client.isClosed())
  }

  @Test func aClientThatExpects100ContinueGetsIt() throws {
    let server = try RunningServer()
    let client = try server.connect()
    client.send("GET /livez HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n")
    #expect(client.receiveInterim() == 100)
    client.send("hello")
    #expect(client.receive()?.text == "ok")
  }

  @Test func aClientThatEndsItsSideIsStillAnswered() throws {
    let server = try RunningServer()
    let client = try server.connect()
    client.send(Self.get + Self.get)
    client.shutDownSending()
    #expect(client.receive()?.text == "ok")
    #expect(client.receive()?.text == "ok")
    #expect(client.isClosed())
  }

  @Test func theEndBehindManyRequestsIsNoticed() throws {
    let server = try RunningServer(ServerLimits(responseTime: .seconds(600)))
    let client = try server.connect()
    // More than the server reads at once.
    let count = 20_000 / Self.get.utf8.count
    client.send(String(repeating: Self.get, count: count))
    client.shutDownSending()
    for _ in 0..<count { #expect(client.receive()?.text == "ok") }
    #expect(client.isClosed())
  }

  @Test func anIdleConnectionIsClosed() throws {
    let server = try RunningServer(ServerLimits(idleTime: .milliseconds(200)))
    let silent = try server.connect()
    let client = try server.connect()
    client.send(Self.get)
    #expect(client.receive()?.status == 200)
    #expect(client.isClosed())
    #expect(silent.isClosed())
  }

  @Test func beyondTheLimitTheOldestIdleConnectionGoesFirst() throws {
    let server = try RunningServer(ServerLimits(maxConnections: 4))
    var clients: [RawClient] = []
    for _ in 0..<4 {
      let client = try server.connect()
      client.send(Self.get)
      #expect(client.receive()?.status == 200)
      clients.append(client)
    }
    // The first is no longer the oldest, and the second is not idle.
    clients[0].send(Self.get)
    #expect(clients[0].receive()?.status == 200)
    clients[1].send("GET /li")
    #expect(try server.get("/livez").status == 200)
    #expect(clients[2].isClosed())
    clients[1].send("vez HTTP/1.1\r\nHost: a\r\n\r\n")
    for index in [0, 3] { clients[index].send(Self.get) }
    for index in [0, 1, 3] { #expect(clients[index].receive()?.status == 200) }
  }

  @Test func aFloodOfSlowClientsDoesNotKeepOthersOut() throws {
    let server = try RunningServer(ServerLimits(maxConnections: 16))
    var slow: [RawClient] = []
    for _ in 0..<64 {
      let client = try server.connect()
      client.send("GET /livez HTTP/1.1\r\n")
      slow.append(client)
      #expect(try server.get("/livez").status == 200)
    }
  }

  @Test func outOfDescriptorsItKeepsServingThoseItHas() async {
    // In a process of its own, whose limit is lowered.
    await #expect(processExitsWith: .success) {
      // It inherits descriptors of the tests that run beside it.
      let inherited = (0..<Int32(4096)).last { fcntl($0, F_GETFD) >= 0 } ?? 2
      var limit = rlimit(rlim_cur: rlim_t(inherited + 80), rlim_max: rlim_t(inherited + 80))
      setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
      let server = try RunningServer()
      let first = try server.connect()
      first.send(Self.get)
      #expect(first.receive()?.text == "ok")
      var others: [RawClient] = []
      while let other = try? server.connect() { others.append(other) }
      #expect(others.count > 20)
      for _ in 0..<3 {
        first.send(Self.get)
        #expect(first.receive()?.text == "ok")
      }
      others = []
      #expect(try server.get("/livez").text == "ok")
    }
  }
}
