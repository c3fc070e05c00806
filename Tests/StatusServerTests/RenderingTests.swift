import FoundationEssentials
import Glibc
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

  // MARK: The page

  @Test func thePageSaysWhetherTheNodeIsReady() throws {
    let ready = Self.text(try Self.snapshot(SampleDocument.ready()).page().bytes(refresh: nil))
    #expect(ready.contains("<title>Ready · worker-0 · SCTP</title>"))
    #expect(ready.contains("<p class=\"message\">SCTP is usable now and after the next boot</p>"))
    #expect(!ready.contains("What is in the way"))
    let blocked = Self.text(try Self.snapshot(SampleDocument.blocked("x")).page().bytes(refresh: nil))
    #expect(blocked.contains("Not ready</h1>"))
    #expect(blocked.contains("<h3><code>/etc/modprobe.d/sctp.conf:2</code></h3>"))
    #expect(blocked.contains("<pre class=\"remedy\">remove the line</pre>"))
    #expect(blocked.contains("<span class=\"way\">socket()</span> <span class=\"way\">boot</span> </p>"))
  }

  @Test func nothingOnThePageIsTakenForMarkup() throws {
    for hostile in ["<script>alert(1)</script>", "\" onload=\"x", "' x='", "&lt;b&gt;"] {
      let page = Self.text(try Self.snapshot(SampleDocument.blocked(hostile)).page().bytes(refresh: nil))
      #expect(!page.contains(hostile))
    }
  }

  @Test func thePageNeedsNothingFromElsewhere() throws {
    let page = Self.text(try Self.snapshot(SampleDocument.blocked()).page().bytes(refresh: nil))
    for outside in ["<script", "src=", "@import", "url(", "//"] {
      #expect(!page.replacing("http://www.w3.org/2000/svg", with: "").contains(outside))
    }
  }

  /// A browser shows it, and its policy refuses none of it.
  @Test(.enabled(if: access("/usr/bin/chromium", X_OK) == 0, "needs /usr/bin/chromium"))
  func chromiumShowsThePage() throws {
    let server = try RunningServer(snapshot: try Self.snapshot(SampleDocument.blocked("x")))
    let status = system(
      """
      out=$(timeout 60 /usr/bin/chromium --headless --no-sandbox --disable-gpu --enable-logging=stderr --v=0 \
        --window-size=390,800 --dump-dom http://127.0.0.1:\(server.port)/ 2>&1)
      case $out in *"Refused to"*) echo "$out"; exit 1 ;; esac
      case $out in *"Not ready</h1>"*) ;; *) echo "$out"; exit 1 ;; esac
      """)
    #expect(status == 0)
  }
}
