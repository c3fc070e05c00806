import Glibc
import Reconcile
import StatusServer
import Testing

@Suite struct MetricsTests {
  private static func lines(_ document: StatusDocument, history: History = History()) throws -> Set<Substring> {
    var rendering = SnapshotRendering(build: SampleDocument.build)
    let metrics = try rendering.snapshot(of: document, history: history).metrics()
    let lines = String(decoding: metrics, as: UTF8.self).split(separator: "\n")
    // A scraper refuses an exposition in which a series comes twice.
    #expect(Set(lines).count == lines.count)
    return Set(lines)
  }

  @Test func `the metrics are those of the contract`() throws {
    let lines = try Self.lines(SampleDocument.blocked("a\\b\"c\nd"), history: SampleDocument.history())
    let expected = """
      sctp_agent_build_info{version="0.1.0",commit="abc123",swift="6.3"} 1
      sctp_agent_ready 0
      sctp_agent_condition{type="Unblocked"} 0
      sctp_agent_condition{type="Ready"} 0
      sctp_agent_condition_reason{type="Unblocked",reason="Blacklisted"} 1
      sctp_agent_condition_reason{type="ProtocolUsable",reason="Proved"} 1
      sctp_agent_module_loaded{module="sctp"} 0
      sctp_agent_module_blockers{module="sctp"} 1
      sctp_agent_file_in_sync{path="/etc/modprobe.d/a.conf"} 0
      sctp_agent_file_state{path="/etc/modprobe.d/a.conf",state="InSync"} 0
      sctp_agent_file_state{path="/etc/modprobe.d/a.conf",state="Drifted"} 1
      sctp_agent_file_state{path="/etc/modprobe.d/a.conf",state="Contended"} 0
      sctp_agent_drift_total{path="/etc/modprobe.d/a.conf",kind="contents"} 2
      sctp_agent_reconcile_duration_seconds_bucket{le="0.0025"} 0
      sctp_agent_reconcile_duration_seconds_bucket{le="0.005"} 1
      sctp_agent_reconcile_duration_seconds_bucket{le="10.0"} 1
      sctp_agent_reconcile_duration_seconds_bucket{le="+Inf"} 2
      sctp_agent_reconcile_duration_seconds_count 2
      sctp_agent_last_reconcile_timestamp_seconds 1790000000.25
      sctp_agent_probe_success{family="ipv4"} 1
      sctp_agent_probe_success{family="ipv6"} 0
      sctp_agent_probe_duration_seconds{family="ipv4"} 0.0004
      sctp_agent_conntrack_sctp 1
      sctp_agent_path_success{target="agents:9133",address="10.128.2.9"} 0
      sctp_agent_path_success{target="agents:9133",address="10.128.2.7"} 1
      sctp_agent_path_duration_seconds{target="agents:9133",address="10.128.2.7"} 0.002
      # TYPE sctp_agent_drift_total counter
      """
    for line in expected.split(separator: "\n") { #expect(lines.contains(line), "\(line)") }
    #expect(lines.count { $0.hasPrefix("sctp_agent_condition_reason{type=\"Unblocked\"") } == 1)
    var rendering = SnapshotRendering(build: SampleDocument.build)
    let snapshot = try rendering.snapshot(of: SampleDocument.ready(), history: SampleDocument.history())
    let open = String(decoding: snapshot.openMetrics(), as: UTF8.self)
    #expect(open.contains("\n# TYPE sctp_agent_drift counter\nsctp_agent_drift_total{"))
  }

  @Test func `counters of known labels start at 0`() throws {
    let lines = try Self.lines(SampleDocument.ready())
    for kind in ["missing", "contents", "mode", "owner", "kind"] {
      #expect(lines.contains("sctp_agent_drift_total{path=\"/etc/modprobe.d/a.conf\",kind=\"\(kind)\"} 0"))
    }
    for result in ["success", "failure"] {
      #expect(lines.contains("sctp_agent_repairs_total{path=\"/etc/modprobe.d/a.conf\",result=\"\(result)\"} 0"))
    }
    let server = try RunningServer()
    let served = try server.get("/metrics").text.split(separator: "\n")
    for (path, code) in [
      ("/status", 200), ("/status", 503), ("/status", 304), ("/livez", 503), ("/", 200), ("other", 404),
    ] {
      #expect(served.contains("sctp_agent_http_requests_total{path=\"\(path)\",code=\"\(code)\"} 0"), "\(path) \(code)")
    }
  }

  @Test func `a file of an override drifts in its own way only`() throws {
    var document = try SampleDocument.ready()
    document.files[0].owner = .override
    let lines = try Self.lines(document)
    #expect(lines.contains("sctp_agent_drift_total{path=\"/etc/modprobe.d/a.conf\",kind=\"blocks\"} 0"))
    #expect(!lines.contains { $0.hasPrefix("sctp_agent_drift_total") && $0.contains("kind=\"mode\"") })
  }

  @Test func `a node without IPv6 has no ipv6 series`() throws {
    var document = try SampleDocument.blocked()
    document.probe["loopback6"]?.absent = true
    let lines = try Self.lines(document)
    #expect(lines.contains("sctp_agent_probe_success{family=\"ipv4\"} 1"))
    #expect(!lines.contains { $0.contains("ipv6") })
  }

  @Test(arguments: [("present", "1"), ("absent", "0"), ("unknown", nil)])
  func `connection tracking has a series only where it is known`(state: String, value: String?) throws {
    var document = try SampleDocument.ready()
    document.dataPath.conntrackSCTP = state
    let series = try Self.lines(document).filter { $0.hasPrefix("sctp_agent_conntrack_sctp") }
    #expect(series == Set(value.map { ["sctp_agent_conntrack_sctp \($0)"] } ?? []))
  }

  @Test func `a family without samples is not named`() throws {
    var document = try SampleDocument.ready()
    document.probe = [:]
    #expect(try !Self.lines(document).contains { $0.contains("sctp_agent_probe_success") })
  }

  @Test func `hidden characters of a name are escaped, and different names stay different`() throws {
    var document = try SampleDocument.ready()
    let file = document.files[0]
    let names = [
      "a\u{1B}[31mb", "a\\x1b[31mb", "a\\x5cx1b[31mb", "line\u{2028}end", "line\\u2028end", "\u{202E}gnp",
      "zero\u{200B}", "tag\u{E0001}",
      "c1\u{9B}31m", "new\nline", "cr\rx", "é", "back\\slash",
    ]
    document.files = names.map { name in
      var named = file
      named.path = name
      return named
    }
    let lines = try Self.lines(document)
    #expect(lines.count { $0.hasPrefix("sctp_agent_file_in_sync{") } == names.count)
    #expect(lines.contains("sctp_agent_file_in_sync{path=\"a\\\\x1b[31mb\"} 1"))
    #expect(lines.contains("sctp_agent_file_in_sync{path=\"a\\\\x5cx1b[31mb\"} 1"))
    #expect(lines.contains("sctp_agent_file_in_sync{path=\"back\\\\slash\"} 1"))
    for line in lines {
      #expect(
        !line.unicodeScalars.contains { [.control, .format, .lineSeparator].contains($0.properties.generalCategory) })
    }
  }

  /// promtool reports on standard output and in its exit status.
  @Test(.enabled(if: access("/usr/bin/promtool", X_OK) == 0, "needs /usr/bin/promtool (package prometheus)"))
  func `promtool accepts the metrics without a word`() throws {
    var document = try SampleDocument.blocked("a\\b\"c\nd\u{1B}\u{202E}")
    document.files[0].path = "/etc/modprobe.d/\u{1B}\"\\x1b\n.conf"
    for document in [document, try SampleDocument.ready()] {
      var rendering = SnapshotRendering(build: SampleDocument.build)
      let server = try RunningServer(
        snapshot: try rendering.snapshot(of: document, history: SampleDocument.history()))
      let file = "/tmp/sctp-agent-metrics-\(getpid()).txt"
      let bytes = try server.get("/metrics").content
      let descriptor = open(file, O_CREAT | O_TRUNC | O_WRONLY, 0o600)
      #expect(bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) } == bytes.count)
      close(descriptor)
      defer { unlink(file) }
      #expect(
        system("out=$(/usr/bin/promtool check metrics < \(file) 2>&1) && [ -z \"$out\" ] || { echo \"$out\"; false; }")
          == 0)
    }
  }
}
