import Foundation
import Linux
import Reconcile
import StatusServer
import Testing

@testable import sctp_agent

@Suite struct FleetTests {
  private static let now = Timestamp(milliseconds: 1_790_000_000_000)

  private static func status(
    _ node: String, ready: Bool, message: String = "m", since: Int = 60, paths: [Bool] = []
  ) -> [UInt8] {
    let time = Timestamp(milliseconds: now.milliseconds - Int64(since) * 1000).description
    let list = paths.map { "{\"ok\":\($0)}" }.joined(separator: ",")
    return Array(
      """
      {"node":"\(node)","ready":\(ready),"reason":"\(ready ? "Ready" : "Blacklisted")","message":"\(message)",
       "conditions":[{"type":"Unblocked","lastTransitionTime":"2020-01-01T00:00:00.000Z"},
        {"type":"Ready","lastTransitionTime":"\(time)"},{"type":"FromAnotherVersion","lastTransitionTime":"x"}],
       "paths":[\(list)]}
      """.utf8)
  }

  private static let fleet = FleetReport([
    .init(address: "10.0.0.1:9132", body: status("worker-1", ready: true, since: 200_000, paths: [true, true])),
    .init(address: "10.0.0.2:9132", body: status("worker-2", ready: false, since: 7300)),
    .init(address: "10.0.0.3:9132", error: "failed to connect"),
    .init(address: "10.0.0.4:9132", body: status("worker-4", ready: true, paths: [true, false, false])),
    .init(address: "10.0.0.5:9132", body: status("worker-0", ready: true, since: 3600)),
  ])

  @Test func `the table is aligned and has the worst first`() {
    #expect(
      Self.fleet.text(width: nil, now: Self.now) == """
        NODE           READY    REASON       SINCE  PATHS  MESSAGE
        10.0.0.3:9132  Unknown  Unreachable  -      -      failed to connect
        worker-2       False    Blacklisted  2h     -      m
        worker-4       True     Ready        60s    1/3    m
        worker-0       True     Ready        60m    -      m
        worker-1       True     Ready        2d     2/2    m
        3 ready, 1 not ready, 1 unreachable

        """)
  }

  @Test func `of many nodes the unreachable come first, then those not ready, with failing paths, and the rest`() {
    let nodes = (0..<1000).map { number -> FleetReport.Node in
      let address = "10.0.\(number / 250).\(number % 250):9132"
      // The worst are not the first to answer.
      switch number % 100 {
      case 97: return .init(address: address, error: "no answer")
      case 98: return .init(address: address, body: Self.status("worker-\(number)", ready: false))
      case 99: return .init(address: address, body: Self.status("worker-\(number)", ready: true, paths: [true, false]))
      default: return .init(address: address, body: Self.status("worker-\(number)", ready: true, paths: [true]))
      }
    }
    let lines = FleetReport(nodes).text(width: 80, now: Self.now).split(separator: "\n")
    #expect(lines.count == 1002)
    #expect(lines[1...10].allSatisfy { $0.contains("Unreachable") })
    #expect(lines[11...20].allSatisfy { $0.contains("Blacklisted") })
    #expect(lines[21...30].allSatisfy { $0.contains("1/2") })
    #expect(lines[31...1000].allSatisfy { $0.contains("1/1") })
    #expect(lines[1001] == "980 ready, 10 not ready, 10 unreachable")
  }

  @Test func `a target of many addresses is asked at each of them, and a dead one costs the others nothing`() throws {
    let board = try StatusBoard()
    let listener = try #require(try Listener.open(.tcp4(host: "0.0.0.0", port: 0)))
    let port = try #require(listener.address.split(separator: ":").last)
    let server = try StatusServer(listeners: [listener], board: board)
    let thread = try server.start()
    defer {
      server.stop()
      thread.join()
    }
    let live = (1...200).map { "127.0.1.\($0):\(port)" }
    let outcome = try MadeUpNode.run(["fleet", "-o", "json", "127.0.0.1:1"] + live)
    #expect(outcome.status == 2)
    let report = try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    #expect(report["unreachable"] as? Int == 1 && report["notReady"] as? Int == 200)
    let nodes = try #require(report["nodes"] as? [[String: Any]])
    #expect(nodes.first?["address"] as? String == "127.0.0.1:1")
    #expect(Set(nodes.compactMap { $0["address"] as? String }) == Set(live + ["127.0.0.1:1"]))
  }

  @Test(arguments: [40, 80, 100])
  func `messages are cut to the terminal, which counts as 80 columns at least`(_ width: Int) {
    let long = String(repeating: "long ", count: 40)
    let fleet = FleetReport([
      .init(address: "10.0.0.2:9132", body: Self.status("worker-2", ready: false, message: long))
    ])
    let lines = fleet.text(width: width, now: Self.now).split(separator: "\n")
    #expect(lines.map(\.count).max() == max(width, 80))
    #expect(fleet.text(width: nil, now: Self.now).contains(long))
  }

  @Test func `the JSON says null for what an agent did not say`() throws {
    let report = try #require(
      try JSONSerialization.jsonObject(with: Data(JSONResult.bytes(Self.fleet))) as? [String: Any])
    #expect(report["ready"] as? Int == 3 && report["notReady"] as? Int == 1 && report["unreachable"] as? Int == 1)
    let nodes = try #require(report["nodes"] as? [[String: Any]])
    #expect(nodes.map { $0["address"] as? String }.first == "10.0.0.3:9132")
    for node in nodes {
      for key in ["address", "node", "ready", "reason", "message", "since", "error"] { #expect(node[key] != nil) }
    }
    #expect(nodes[0]["ready"] is NSNull && nodes[0]["error"] as? String == "failed to connect")
    #expect(nodes[1]["error"] is NSNull && nodes[1]["since"] as? String == "2026-09-21T12:11:40.000Z")
  }

  @Test func `an answer that is not an agent's is an error, and one of an agent that starts is not ready`() {
    let report = FleetReport([
      .init(address: "a:1", body: Array("<html>".utf8)),
      .init(address: "b:1", body: Array(#"{"ready":false,"reason":"Starting","message":"m","conditions":[]}"#.utf8)),
    ])
    #expect(report.unreachable == 1 && report.notReady == 1)
    #expect(report.nodes[0].error?.contains("not as an agent") == true)
    #expect(report.text(width: nil, now: Self.now).contains("b:1   "))
  }

  @Test func `what an agent says does not reach the terminal raw`() {
    let report = FleetReport([.init(address: "a:1", body: Self.status(#"\u001b[31m"#, ready: true))])
    #expect(report.text(width: nil, now: Self.now).contains(#"\x1b[31m"#))
  }

  @Test(arguments: [
    ("host", "host:9132"), ("host:1", "host:1"), ("10.0.0.1", "10.0.0.1:9132"), ("[fd00::1]", "[fd00::1]:9132"),
    ("[fd00::1]:80", "[fd00::1]:80"),
  ])
  func `a target has the agents' port unless it names one`(_ text: String, _ meant: String) {
    #expect(AgentTarget(parsing: text)?.description == meant)
  }

  @Test(arguments: ["", ":1", "fd00::1", "a b", "host:0x", "host:70000", "http://host"])
  func `other text is no target`(_ text: String) { #expect(AgentTarget(parsing: text) == nil) }

  @Test func `every state has its exit status`() throws {
    let board = try StatusBoard()
    let listener = try #require(try Listener.open(.tcp4(host: "127.0.0.1", port: 0)))
    let endpoint = listener.address
    let server = try StatusServer(listeners: [listener], board: board)
    let thread = try server.start()
    defer {
      server.stop()
      thread.join()
    }
    let starting = try MadeUpNode.run(["fleet", endpoint])
    #expect(starting.status == 1)
    #expect(starting.output.contains("Starting"))
    let mixed = try MadeUpNode.run(["fleet", endpoint, "127.0.0.1:1", "-o", "json"])
    #expect(mixed.status == 2)
    #expect(mixed.output.contains("\"unreachable\" : 1") && mixed.output.contains("ECONNREFUSED"))
    let unknown = try MadeUpNode.run(["fleet", "no..such"])
    #expect(unknown.status == 2)
    #expect(unknown.output.contains("no..such"))
    #expect(try MadeUpNode.run(["fleet"]).status == 64)
    #expect(try MadeUpNode.run(["fleet", "a:b:c"]).status == 64)
  }
}
