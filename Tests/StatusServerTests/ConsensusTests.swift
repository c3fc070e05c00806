import FoundationEssentials
import NodeTesting
import StatusServer
import Testing

/// The labelled requests of the shared cases, each on a connection of its own, whole and one byte at a time.
@Suite struct ConsensusTests {
  struct Case: Decodable {
    let id: String
    let label: String
    let method: String
    let bytes_b64: String
  }

  @Test(.needsCases("http")) func everyLabelledRequestGetsTheAnswerItsLabelAsksFor() throws {
    let shared = SharedCases("http")
    let lines = String(decoding: try shared.contents(of: "consensus.jsonl"), as: UTF8.self).split(separator: "\n")
    let cases = try lines.map { try JSONDecoder().decode(Case.self, from: Data($0.utf8)) }
    let server = try RunningServer(ServerLimits(requestTime: .milliseconds(300), idleTime: .milliseconds(300)))
    let exchanges = try cases.map { one in
      let bytes = try Array(#require(Data(base64Encoded: one.bytes_b64)))
      let (whole, split) = (try server.connect(), try server.connect())
      whole.send(bytes)
      split.sendByteByByte(bytes)
      return (one, whole, split)
    }
    var agreed = 0
    var judged = 0
    for (one, whole, split) in exchanges {
      let statuses = Self.statuses(whole)
      let splitStatuses = Self.statuses(split)
      #expect(statuses == splitStatuses, "\(one.id): whole and byte by byte differ")
      guard let agrees = Self.agrees(one, statuses) else { continue }
      judged += 1
      if agrees, statuses == splitStatuses { agreed += 1 }
      #expect(agrees, "\(one.id): \(one.label), and the answer was \(statuses)")
    }
    print("http: \(agreed) of \(judged) agree")
    #expect(judged > 0)
  }

  /// All status codes until the server closes the connection.
  private static func statuses(_ client: RawClient) -> [Int] {
    var statuses: [Int] = []
    while let response = client.receive() { statuses.append(response.status) }
    #expect(client.isClosedByServer)
    return statuses
  }

  /// Returns whether the two agree; nil if the label asks for nothing.
  private static func agrees(_ one: Case, _ statuses: [Int]) -> Bool? {
    let last = statuses.last ?? 0
    switch one.label {
    case "must-reject": return last >= 400 && statuses.allSatisfy { $0 >= 400 }
    case "should-reject": return statuses.allSatisfy { $0 >= 300 }
    case "must-accept", "should-accept":
      guard let first = statuses.first else { return false }
      return one.method == "GET" || one.method == "HEAD" ? first != 400 : first == 405 || first == 501
    case "must-wait-then-timeout": return statuses == [408] || statuses.isEmpty
    default: return nil
    }
  }
}
