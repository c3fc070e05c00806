import Foundation
import StatusServer
import Testing

@Suite struct StatusRouteTests {
  @Test(arguments: [
    ("/status", 200, "application/json"), ("/livez", 200, "text/plain; charset=utf-8"),
    ("/healthz", 200, "text/plain; charset=utf-8"), ("/readyz", 200, "text/plain; charset=utf-8"),
    ("/readyz?verbose", 200, "text/plain; charset=utf-8"),
    ("/metrics", 200, "text/plain; version=0.0.4; charset=utf-8"), ("/version", 200, "application/json"),
    ("/", 200, "text/html; charset=utf-8"), ("/nothing", 404, "application/json"),
    ("/status/", 404, "application/json"), ("/%73tatu%73", 200, "application/json"),
    ("/%2Fstatus", 404, "application/json"), ("/status%00", 404, "application/json"),
    ("http://localhost/status", 200, "application/json"),
    ("http://localhost?x", 200, "text/html; charset=utf-8"), ("/status?wait=never", 400, "application/json"),
    ("/status?wait=ready&timeout=x", 400, "application/json"), ("/status?other=1", 200, "application/json"),
    ("/?refresh=10", 200, "text/html; charset=utf-8"), ("/?refresh=0", 400, "application/json"),
    ("/?refresh=never", 400, "application/json"), ("/?other=1", 200, "text/html; charset=utf-8"),
  ])
  func everyPathHasItsStatusAndType(target: String, status: Int, type: String) throws {
    let server = try RunningServer()
    let response = try server.get(target)
    #expect(response.status == status)
    #expect(response["content-type"] == type)
    #expect(response["content-length"] == String(response.content.count))
    #expect(response["date"]?.hasSuffix(" GMT") == true)
    let head = try server.get(target, method: "HEAD")
    #expect(head.status == status)
    #expect(head.content.isEmpty)
    if target != "/metrics" { #expect(head["content-length"] == response["content-length"]) }
  }

  @Test func aNodeThatIsNotReadyIs503WithTheSameBody() throws {
    let server = try RunningServer(snapshot: .sample(ready: false, status: "{\"ready\":false}\n"))
    let status = try server.get("/status")
    #expect(status.status == 503)
    #expect(status.text == "{\"ready\":false}\n")
    let readyz = try server.get("/readyz")
    #expect(readyz.status == 503)
    #expect(readyz.text.hasPrefix("[-]Ready Blocked"))
    #expect(try server.get("/livez").text == "ok")
    #expect(try server.get("/version").status == 200)
    #expect(try server.get("/").status == 200)
  }

  @Test func beforeTheFirstPassItIsStarting() throws {
    let server = try RunningServer(snapshot: nil)
    let status = try server.get("/status")
    #expect(status.status == 503)
    #expect(status.text.contains("\"reason\":\"Starting\""))
    #expect(try server.get("/readyz").status == 503)
    #expect(try server.get("/livez").status == 200)
    #expect(try server.get("/metrics").status == 200)
  }

  @Test func aSnapshotIsServedFromItsPublicationOn() throws {
    let server = try RunningServer(snapshot: .sample(ready: false))
    let client = try server.connect()
    for round in 0..<20 {
      server.board.publish(.sample(ready: round % 2 == 0, etag: "\(round)", status: "{\"round\":\(round)}"))
      client.send("GET /status HTTP/1.1\r\nHost: a\r\n\r\n")
      let response = try #require(client.receive())
      #expect(response.text == "{\"round\":\(round)}")
      #expect(response.status == (round % 2 == 0 ? 200 : 503))
      #expect(response["etag"] == "\"\(round)\"")
    }
  }

  @Test(arguments: ["\"7\"", "W/\"7\"", "\"1\", \"7\"", "*"])
  func aDocumentThatTheClientHoldsIs304(value: String) throws {
    let server = try RunningServer(snapshot: .sample(etag: "7"))
    let response = try server.get("/status", fields: ["If-None-Match: \(value)"])
    #expect(response.status == 304)
    #expect(response["etag"] == "\"7\"")
    #expect(response.content.isEmpty)
  }

  @Test func anotherDocumentOrAnUnreadyNodeIsSentWhole() throws {
    let server = try RunningServer(snapshot: .sample(etag: "7"))
    #expect(try server.get("/status", fields: ["If-None-Match: \"8\""]).status == 200)
    server.board.publish(.sample(ready: false, etag: "7"))
    let response = try server.get("/status", fields: ["If-None-Match: \"7\""])
    #expect(response.status == 503)
    #expect(!response.content.isEmpty)
  }

  @Test(arguments: ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "get", "BREW"])
  func otherMethodsAreNotAllowed(method: String) throws {
    let server = try RunningServer()
    let client = try server.connect()
    client.send("\(method) /status HTTP/1.1\r\nHost: a\r\n\r\nGET /livez HTTP/1.1\r\nHost: a\r\n\r\n")
    let response = try #require(client.receive())
    #expect(response.status == 405)
    #expect(response["allow"] == "GET, HEAD")
    #expect(response["content-type"] == "application/json")
    #expect(response.text.hasPrefix("{\"error\":\"MethodNotAllowed\",\"message\":\""))
    #expect(client.receive()?.status == 200)
  }

  @Test func aLoopThatMakesNoProgressIsNotAlive() throws {
    let server = try RunningServer()
    server.board.beginWork(at: .now - .seconds(5))
    #expect(try server.get("/livez").status == 200)
    server.board.beginWork(at: .now - .seconds(300))
    let response = try server.get("/healthz")
    #expect(response.status == 503)
    #expect(response.text.hasPrefix("the reconcile loop has made no progress for 30"))
    server.board.endWork()
    #expect(try server.get("/livez").status == 200)
  }

  @Test func metricsEndWithTheServersOwnFamilies() throws {
    let server = try RunningServer()
    _ = try server.get("/livez")
    let text = try server.get("/metrics").text
    #expect(text.hasPrefix("# HELP sctp_agent_ready"))
    #expect(text.contains("\nsctp_agent_http_requests_total{path=\"/livez\",code=\"200\"} 1\n"))
    #expect(text.contains("\n# TYPE process_cpu_seconds_total counter\n"))
    for name in ["process_resident_memory_bytes", "process_start_time_seconds", "process_open_fds", "process_max_fds"] {
      #expect(text.contains("\n# TYPE \(name) gauge\n\(name) "))
    }
    #expect(!text.contains("# EOF"))
  }

  @Test func `the start time of the process is that of the kernel, and stays`() throws {
    let server = try RunningServer()
    let line = { () throws -> Substring? in
      try server.get("/metrics").text.split(separator: "\n").first { $0.hasPrefix("process_start_time_seconds ") }
    }
    let first = try #require(try line())
    let boot = try String(contentsOfFile: "/proc/stat", encoding: .utf8).split(separator: "\n").first {
      $0.hasPrefix("btime ")
    }
    let fields = try String(contentsOfFile: "/proc/self/stat", encoding: .utf8).split(separator: ")").last?.split(
      separator: " ")
    let ticks = try #require(fields.flatMap { Double($0[19]) })
    let expected = try #require(boot.flatMap { Double($0.dropFirst(6)) }) + ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
    let reported = try #require(first.split(separator: " ").last.flatMap { Double($0) })
    // The file says the time of the boot in whole seconds.
    #expect(abs(reported - expected) < 2)
    #expect(try line() == first)
  }

  @Test func openMetricsIsGivenToThoseWhoPreferIt() throws {
    let server = try RunningServer()
    let accept = "Accept: application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.1"
    let response = try server.get("/metrics", fields: [accept])
    #expect(response["content-type"] == "application/openmetrics-text; version=1.0.0; charset=utf-8")
    #expect(response.text.hasSuffix("\n# EOF\n"))
    #expect(response.text.contains("\n# TYPE process_cpu_seconds counter\nprocess_cpu_seconds_total "))
    #expect(response.text.contains("\n# TYPE sctp_agent_http_requests counter\n"))
  }
}
