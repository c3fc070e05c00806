import FoundationEssentials
import NodeTesting
import Reconcile
import StatusServer
import Testing

@Suite struct RenderingTests {
  private static func snapshot(_ document: StatusDocument) throws -> PublishedSnapshot {
    var rendering = SnapshotRendering(build: SampleDocument.build)
    return try rendering.snapshot(of: document, history: SampleDocument.history())
  }

  private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  @Test func everyStatusIsValidAgainstTheSchema() throws {
    let schema = try JSONSchema.status()
    for document in [try SampleDocument.ready(), try SampleDocument.blocked()] {
      #expect(try schema.findings(Self.snapshot(document).status).isEmpty)
    }
    let server = try RunningServer(snapshot: nil)
    #expect(try schema.findings(server.get("/status").content).isEmpty)
  }

  @Test func theStatusIsTheWholeDocument() throws {
    for document in [try SampleDocument.ready(), try SampleDocument.blocked()] {
      let status = try Self.snapshot(document).status
      #expect(try JSONDecoder().decode(StatusDocument.self, from: Data(status)) == document)
    }
  }

  @Test func aSecondSnapshotHasWhatChangedOfEachFileAndNoFileThatIsGone() throws {
    var rendering = SnapshotRendering(build: SampleDocument.build)
    var document = try SampleDocument.ready()
    let history = SampleDocument.history()
    func files() throws -> [StatusDocument.File] {
      let status = try rendering.snapshot(of: document, history: history).status
      return try JSONDecoder().decode(StatusDocument.self, from: Data(status)).files
    }
    #expect(try files() == document.files)
    document.files[0].state = .drifted
    document.files[0].message = "a \"quote\" and a \\"
    #expect(try files() == document.files)
    document.files.reverse()
    #expect(try files() == document.files)
    document.files.removeFirst()
    #expect(try files() == document.files)
    document.files = []
    #expect(try files() == [])
  }

  @Test func whicheverMemberChangesTheNextStatusIsLikeAFirstOne() throws {
    let base = try SampleDocument.ready()
    let other = try SampleDocument.blocked()
    let changes: [(inout StatusDocument) -> Void] = [
      { $0.node = "another" }, { $0.ready = false }, { $0.reason = other.reason }, { $0.message += "." },
      { $0.observedAt = "2027-01-01T00:00:00Z" }, { $0.conditions = other.conditions }, { $0.modules = [] },
      { $0.moreModules = 3 }, { $0.files = [] }, { $0.moreFiles = 4 }, { $0.notes.append("a note") },
      { $0.recent = [] }, { $0.userland.kmod = "28" }, { $0.intent.digest = "x" }, { $0.probe = [:] },
      { $0.dataPath.conntrackSCTP = "absent" }, { $0.drift.total += 1 },
      { $0.paths = other.paths + base.paths.dropFirst() },
      { $0.kernel.release = "6.1" }, { $0.agent.pid += 1 },
    ]
    var rendering = SnapshotRendering(build: SampleDocument.build)
    for change in changes {
      var changed = base
      change(&changed)
      for document in [base, changed, base] {
        let status = try rendering.snapshot(of: document, history: SampleDocument.history()).status
        #expect(try Self.text(status) == Self.text(Self.snapshot(document).status))
      }
    }
  }

  @Test func theSchemaRefusesWhatIsNoStatus() throws {
    let schema = try JSONSchema.status()
    let good = Self.text(try Self.snapshot(SampleDocument.ready()).status)
    for (part, bad) in [
      ("\"ready\":true", "\"ready\":\"true\""), ("\"kind\":\"NodeSCTPStatus\"", "\"kind\":\"Node\""),
      ("\"observedAt\":\"2026", "\"observedAt\":\"26"), ("\"total\":2", "\"total\":-2"),
      ("\"state\":\"live\"", "\"state\":\"alive\""), ("\"node\":\"worker-0\",", ""), (",\"seconds\":null", ""),
    ] {
      #expect(good.contains(part))
      #expect(try !schema.findings(Array(good.replacing(part, with: bad).utf8)).isEmpty, "\(bad)")
    }
  }

  @Test func theTagFollowsTheDocument() throws {
    let ready = try Self.snapshot(SampleDocument.ready())
    #expect(try Self.snapshot(SampleDocument.ready()).etag == ready.etag)
    #expect(try Self.snapshot(SampleDocument.blocked()).etag != ready.etag)
    #expect(try Self.snapshot(SampleDocument.blocked("x")).etag != Self.snapshot(SampleDocument.blocked("y")).etag)
  }

  @Test func readyzListsEachCondition() throws {
    #expect(
      Self.text(try Self.snapshot(SampleDocument.blocked("m")).readyz)
        == "[-]Unblocked Blacklisted: m\n[-]ProtocolUsable Proved: m\n[-]Ready Blacklisted: m\n")
    #expect(
      Self.text(try Self.snapshot(SampleDocument.ready()).readyz)
        == "[+]Unblocked ok\n[+]ProtocolUsable ok\n[+]Ready ok\n")
  }

  @Test func versionIsWhatWasBuilt() throws {
    let version = try Self.snapshot(SampleDocument.ready()).version
    #expect(Self.text(version) == "{\"commit\":\"abc123\",\"swift\":\"6.3\",\"version\":\"0.1.0\"}\n")
  }

  @Test func theReferenceHasEveryMetricAndNoOther() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "docs/reference.md")
    let reference = String(decoding: try Data(contentsOf: file), as: UTF8.self)
    let section = reference.split(separator: "\n", omittingEmptySubsequences: false)
      .drop { $0 != "## Metrics" }.dropFirst().prefix { !$0.hasPrefix("#") }.joined(separator: "\n")
    let documented = Set(section.matches(of: /`(sctp_agent_[a-z_]+)`/).map { String($0.output.1) })
    let server = try RunningServer(snapshot: try Self.snapshot(SampleDocument.ready()))
    let served = Set(try server.get("/metrics").text.matches(of: /TYPE ([a-z_]+)/).map { String($0.output.1) })
    #expect(served.filter { !$0.hasPrefix("process_") } == documented)
  }
}
