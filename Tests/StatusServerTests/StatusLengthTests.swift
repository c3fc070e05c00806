import FoundationEssentials
import Reconcile
import Testing

@testable import StatusServer

/// /status stays short however much is on the node.
@Suite struct StatusLengthTests {
  private static let long = String(repeating: "x", count: 400)

  private static func rendered(_ document: StatusDocument) throws -> [UInt8] {
    var rendering = SnapshotRendering(build: SampleDocument.build)
    return try rendering.snapshot(of: document, history: SampleDocument.history()).status
  }

  private static func decoded(_ bytes: [UInt8]) throws -> StatusDocument {
    try JSONDecoder().decode(StatusDocument.self, from: Data(bytes))
  }

  @Test func `an ordinary document is whole and names nothing that is left out`() throws {
    let document = try SampleDocument.ready()
    let status = try Self.rendered(document)
    #expect(try Self.decoded(status) == document)
    #expect(!String(decoding: status, as: UTF8.self).contains("\"more"))
  }

  @Test(arguments: ["", long])
  func `files in sync are left out first, and counted`(_ text: String) throws {
    var document = try SampleDocument.ready()
    let file = try #require(document.files.first)
    document.files = (0..<8000).map { index in
      var other = file
      other.path = "/etc/modprobe.d/\(index).conf"
      other.message = text
      other.state = index == 7000 ? .failed : .inSync
      return other
    }
    let status = try Self.rendered(document)
    #expect(status.count <= 512 * 1024)
    let shown = try Self.decoded(status)
    #expect(shown.files.first?.state == .failed)
    #expect(shown.files.count + (shown.moreFiles ?? 0) == 8000)
    #expect(shown.files.count > 100)
  }

  @Test func `modules, their rules and what is said of the intent are bounded together`() throws {
    var document = try SampleDocument.blocked("blacklist sctp")
    let module = try #require(document.modules.first)
    document.modules = (0..<600).map { index in
      var other = module
      other.name = "made-up-\(index)"
      if let rule = module.verdicts.autoload.blockedBy.first {
        other.verdicts.autoload.blockedBy = Array(repeating: rule, count: 64)
        other.verdicts.autoload.more = 5
      }
      return other
    }
    let ignored = Data(#"{"path": "\#(Self.long)", "reason": "\#(Self.long)"}"#.utf8)
    document.intent.ignored = Array(
      repeating: try JSONDecoder().decode(StatusDocument.Ignored.self, from: ignored), count: 9000)
    var issue = try #require(document.intent.issues.first)
    issue.severity = "warning"
    issue.message = Self.long
    document.intent.issues = Array(repeating: issue, count: 1000)
    issue.severity = "error"
    document.intent.issues.append(issue)
    let status = try Self.rendered(document)
    #expect(status.count <= 512 * 1024)
    let shown = try Self.decoded(status)
    #expect(shown.modules.count + (shown.moreModules ?? 0) == 600)
    let way = try #require(shown.modules.first).verdicts.autoload
    #expect(way.blockedBy.count + (way.more ?? 0) == 69)
    #expect(shown.intent.ignored.count + (shown.intent.moreIgnored ?? 0) == 9000)
    #expect(shown.intent.issues.count + (shown.intent.moreIssues ?? 0) == 1001)
    #expect(shown.intent.issues.first?.severity == "error")
  }
}
