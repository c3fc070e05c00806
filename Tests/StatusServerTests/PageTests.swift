import FoundationEssentials
import Glibc
import Reconcile
import StatusServer
import Testing

@Suite struct PageTests {
  private static func page(_ document: StatusDocument, refresh: Int? = nil) throws -> String {
    var rendering = SnapshotRendering(build: SampleDocument.build)
    let snapshot = try rendering.snapshot(of: document, history: SampleDocument.history())
    return String(decoding: snapshot.page().bytes(refresh: refresh), as: UTF8.self)
  }

  private static func rule(
    _ file: String, _ line: Int, _ text: String, _ remedy: String, cure: Cure = .byHand
  ) throws -> StatusDocument.Rule {
    struct Raw: Encodable { let file: String, line: Int, text: String, remedy: String }
    let raw = Raw(file: file, line: line, text: text, remedy: remedy)
    var rule = try JSONDecoder().decode(StatusDocument.Rule.self, from: JSONEncoder().encode(raw))
    rule.cure = cure
    return rule
  }

  /// A node on which everything that the page can show is there.
  private static func busy() throws -> StatusDocument {
    var document = try SampleDocument.blocked("sctp is blocked by 3 rules")
    document.node = "worker-0.ocp.example.com"
    document.conditions[1] = Condition(
      .protocolUsable, .no, .moduleNotLoaded, "sctp is absent: the kernel refuses SCTP sockets (EPROTONOSUPPORT)",
      lastTransitionTime: document.conditions[1].lastTransitionTime)
    let cis = try rule(
      "/etc/modprobe.d/cis.conf", 3, "install sctp /bin/false", "sed -i '3s/^/# /' /etc/modprobe.d/cis.conf",
      cure: .unblock(.all))
    let stock = try rule(
      "/etc/modprobe.d/sctp-blacklist.conf", 7, "blacklist sctp",
      "sed -i '7s/^/# /' /etc/modprobe.d/sctp-blacklist.conf")
    let vendor = try rule(
      "/usr/lib/modprobe.d/vendor.conf", 2, "alias net-pf-2-proto-132 off",
      "[ -e /etc/modprobe.d/vendor.conf ] || cp /usr/lib/modprobe.d/vendor.conf /etc/modprobe.d/vendor.conf && "
        + "sed -i '2s/^/# /' /etc/modprobe.d/vendor.conf",
      cure: .unblock(.all))
    document.modules[0].verdicts.autoload.blockedBy = [vendor, stock, cis]
    document.modules[0].verdicts.boot.blockedBy = [stock, cis]
    document.modules[0].verdicts.explicit.open = false
    document.modules[0].verdicts.explicit.blockedBy = [cis]
    document.files[0].state = .contended
    document.files[0].lastDrift = "2026-11-22T10:00:00.000Z"
    document.files[0].message = "something else keeps rewriting this file; the agent backs off"
    document.notes = ["5.15.0 has no sctp: booting it loses SCTP", "connection tracking handles SCTP"]
    return document
  }

  @Test func `it says whether the node is Ready, now and after the next boot, and since when`() throws {
    let ready = try Self.page(SampleDocument.ready())
    #expect(ready.contains("<title>Ready · worker-0 · SCTP</title>"))
    #expect(ready.contains("<p class=\"message\">SCTP is usable now and after the next boot</p>"))
    #expect(ready.contains("<dt>Works now</dt><dd><strong>yes</strong> <span class=\"since\">since <time"))
    #expect(ready.contains("<dt>Works after the next boot</dt><dd><strong>yes</strong>"))
    #expect(!ready.contains("What is in the way"))
    #expect(!ready.contains("What happens next"))
    var document = try SampleDocument.blocked("x")
    document.conditions[1] = Condition(
      .protocolUsable, .yes, .proved, "m", lastTransitionTime: document.conditions[1].lastTransitionTime)
    let blocked = try Self.page(document)
    #expect(blocked.contains("Not ready</h1>"))
    #expect(blocked.contains("<dt>Works now</dt><dd><strong>yes</strong>"))
    #expect(blocked.contains("<dt>Works after the next boot</dt><dd><strong>no</strong>"))
    document.intent.modules = []
    document.intent.keptOut = ["sctp"]
    #expect(try Self.page(document).contains("<dt>Kept out now</dt>"))
  }

  @Test func `each rule comes once with the ways that it closes, the one that closes most first`() throws {
    let page = try Self.page(Self.busy())
    let places = page.matches(of: /<h3><code>([^<]+)<\/code><\/h3>/).map { String($0.output.1) }
    #expect(
      places == [
        "/etc/modprobe.d/cis.conf:3", "/etc/modprobe.d/sctp-blacklist.conf:7", "/usr/lib/modprobe.d/vendor.conf:2",
      ])
    #expect(page.contains("<span class=\"way\">socket()</span> <span class=\"way\">boot</span> </p>"))
    #expect(page.contains("<pre class=\"remedy\">sed -i &#39;7s/^/# /&#39; /etc/modprobe.d/sctp-blacklist.conf</pre>"))
  }

  @Test func `in a pod, a command is shown in the form that runs it on the node, and a sentence as it is`() throws {
    var document = try Self.busy()
    document.agent.mode = "container"
    let vendor = try Self.page(document)
    #expect(
      vendor.contains(
        "<pre class=\"remedy\">oc debug node/worker-0.ocp.example.com -- chroot /host sh -c "
          + "&#39;[ -e /etc/modprobe.d/vendor.conf ]"))
    document.modules[0].verdicts.autoload.blockedBy[0].remedy = "boot a kernel with CONFIG_MODULES=y"
    let page = try Self.page(document)
    #expect(
      page.contains(
        "oc debug node/worker-0.ocp.example.com -- chroot /host sh -c "
          + "&#39;sed -i &#39;\\&#39;&#39;3s/^/# /&#39;\\&#39;&#39; /etc/modprobe.d/cis.conf&#39;"))
    #expect(page.contains("<pre class=\"remedy\">boot a kernel with CONFIG_MODULES=y</pre>"))
  }

  @Test func `what happens next is said`() throws {
    var document = try Self.busy()
    document.files.append(document.files[0])
    document.files[1].path = "/etc/modules-load.d/sctp-load.conf"
    document.files[1].state = .held
    let page = try Self.page(document)
    #expect(page.contains("Something else keeps rewriting /etc/modprobe.d/a.conf. The agent backs off"))
    #expect(page.contains("The agent repairs /etc/modules-load.d/sctp-load.conf as soon as the machine-config daemon"))
    document.files[0].repairDue = Timestamp(milliseconds: 1_790_000_000_000)
    document.files[1].repairDue = Timestamp(milliseconds: 1_790_000_005_000)
    let timed = try Self.page(document)
    #expect(timed.contains("The agent backs off and repairs it at 14:13:20 UTC. Find the other program and stop it."))
    #expect(timed.contains("has finished its update, not before 14:13:25 UTC."))
    #expect(page.contains("<li>2 rules need --unblock all: start the agent with it"))
    #expect(page.contains("<li>1 rule needs the remedy below, by hand.</li>"))
    #expect(page.contains("<p class=\"label\">Remedy · --unblock all, or by hand</p>"))
    #expect(page.contains("<p class=\"label\">Remedy · by hand</p>"))
    document.modules[0].verdicts.explicit.blockedBy[0].cure = .machineConfig("50-sctp")
    document.modules[0].verdicts.autoload.blockedBy[0].cure = .intent("sctp.yaml")
    document.modules[0].verdicts.autoload.blockedBy[1].cure = .reboot
    document.modules[0].verdicts.autoload.blockedBy[2].cure = .machineConfig("50-sctp")
    document.modules[0].verdicts.boot.blockedBy[0].cure = .reboot
    document.modules[0].verdicts.boot.blockedBy[1].cure = .machineConfig("50-sctp")
    let owned = try Self.page(document)
    #expect(owned.contains("<li>1 rule needs a change of the MachineConfig 50-sctp, as the remedy says.</li>"))
    #expect(owned.contains("<li>1 rule needs a change of the intent sctp.yaml, as the remedy says.</li>"))
    #expect(owned.contains("<li>1 rule needs the remedy and then a reboot.</li>"))
    document.agent.observeOnly = true
    let observing = try Self.page(document)
    #expect(observing.contains("Remove --observe-only, or run: sctp-agent apply"))
    #expect(!observing.contains("The agent repairs"))
  }

  @Test func `without a file or a rule to see to, the message is what to follow`() throws {
    var document = try SampleDocument.blocked("ipv4: connect: no answer")
    document.modules[0].verdicts.autoload.blockedBy = []
    document.modules[0].verdicts.boot.blockedBy = []
    document.files[0].state = .inSync
    #expect(try Self.page(document).contains("If this message stays, follow it: ipv4: connect: no answer</li>"))
  }

  @Test func `paths come with the failed ones first, and are folded while all are proved`() throws {
    var document = try SampleDocument.ready()
    document.paths = [document.paths[1], document.paths[0]]
    let page = try Self.page(document)
    #expect(page.contains("<h2>Paths</h2> <small>1 of 2 fail</small>"))
    let addresses = page.matches(of: /data-is="Address">([^<]+)</).map { String($0.output.1) }
    #expect(addresses == ["10.128.2.9", "10.128.2.7"])
    #expect(page.contains("<span class=\"state no\">NoAnswer</span>"))
    #expect(page.contains("<td data-is=\"Duration\">2000 µs</td>"))
    document.paths = [document.paths[0]]
    #expect(try Self.page(document).contains("<details>\n<summary><h2>Paths</h2> <small>1 proved</small>"))
    document.paths = []
    #expect(try !Self.page(document).contains("<h2>Paths</h2>"))
  }

  @Test func `rules that the document leaves out are counted, on the page and in the metrics`() throws {
    var document = try Self.busy()
    document.modules[0].verdicts.autoload.more = 7936
    document.modules[0].verdicts.boot.more = 7000
    #expect(try Self.page(document).contains("and 7936 more"))
    var rendering = SnapshotRendering(build: SampleDocument.build)
    let metrics = try rendering.snapshot(of: document, history: History()).metrics()
    #expect(
      String(decoding: metrics, as: UTF8.self).contains("sctp_agent_module_blockers{module=\"sctp\"} 7939\n"))
  }

  @Test func `what was not observed is unknown, and not open or absent`() throws {
    var document = try SampleDocument.ready()
    document.kernel = StatusDocument.Kernel(nil, otherKernels: [])
    document.conditions[0] = Condition(
      .unblocked, .unknown, .unreadable, "m", lastTransitionTime: document.conditions[0].lastTransitionTime)
    let page = try Self.page(document)
    #expect(page.contains("<dt>Kernel</dt><dd>unknown</dd>"))
    #expect(page.contains("<dt>Lockdown</dt><dd>unknown</dd>"))
    #expect(page.contains("<td data-is=\"socket()\"><span class=\"state\">unknown</span></td>"))
    #expect(!page.contains("<span class=\"state yes\">open</span>"))
    #expect(try Self.page(SampleDocument.ready()).contains("<span class=\"state yes\">open</span>"))
  }

  @Test func `a node of which nothing is known is not called a failure`() throws {
    let page = try Self.page(State.unknown.document())
    #expect(page.contains("<title>Unknown · worker-0 · SCTP</title>") && page.contains("<body class=\"unknown\">"))
    #expect(!page.contains("Not ready"))
    #expect(
      page.contains(
        "<li>What blocks the module is not known. The agent tries again in each pass: failed to read "
          + "&#39;/etc/modprobe.d/cis.conf&#39;: permission denied (EACCES)</li>"))
  }

  @Test func `the last ten changes are shown`() throws {
    var document = try Self.busy()
    document.recent = (0..<20).map { _ in document.recent[0] }
    let page = try Self.page(document)
    #expect(page.contains("<h2>Recent changes</h2>"))
    #expect(page.matches(of: /<strong>drift<\/strong> <code>\/etc\/modprobe.d\/a.conf<\/code>/).count == 10)
    let message = "write /etc/modprobe.d/a.conf (it is missing)"
    document.recent = [
      RecentEvent(.repair, "/etc/modprobe.d/a.conf", message, at: Timestamp(milliseconds: 1_790_000_000_000))
    ]
    #expect(try Self.page(document).contains("<strong>repair</strong> \(message)</li>"))
    document.recent = []
    #expect(try !Self.page(document).contains("Recent changes"))
  }

  @Test func `notes, messages of files and times of probes are shown`() throws {
    let page = try Self.page(Self.busy())
    #expect(page.contains("<li>5.15.0 has no sctp: booting it loses SCTP</li>"))
    #expect(page.contains("<p class=\"why\">something else keeps rewriting this file; the agent backs off</p>"))
    #expect(page.contains("<dt>Association over IPv4</dt><dd>400 µs, at <time"))
    var document = try Self.busy()
    document.probe["loopback6"]?.absent = true
    #expect(try Self.page(document).contains("<dd>this node has no IPv6, at <time"))
  }

  @Test func `modules, files and intent are folded while they are in order`() throws {
    let ready = try Self.page(SampleDocument.ready())
    #expect(ready.matches(of: /<details>/).count == 2)
    #expect(ready.contains("<details open>\n<summary><h2>Intent</h2>"))
    let blocked = try Self.page(Self.busy())
    #expect(blocked.matches(of: /<details open>/).count == 4)
    #expect(!blocked.contains("<details>"))
  }

  @Test func `it reloads itself only if asked to`() throws {
    #expect(try !Self.page(SampleDocument.ready()).contains("http-equiv"))
    let page = try Self.page(SampleDocument.ready(), refresh: 10)
    let head = try #require(page.firstRange(of: "</head>"))
    #expect(page[..<head.lowerBound].contains("<meta http-equiv=\"refresh\" content=\"10\">"))
  }

  @Test func `nothing that a name holds is taken for markup or hides text`() throws {
    for hostile in [
      "<script>alert(1)</script>", "\" onload=\"x", "' x='", "&lt;b&gt;", "\u{202E}x", "a\u{2028}b", "\u{1B}[31m",
    ] {
      let page = try Self.page(SampleDocument.blocked(hostile))
      #expect(!page.contains(hostile))
      #expect(!page.unicodeScalars.contains { $0.properties.generalCategory == .format })
    }
  }

  @Test func `it needs no script and nothing from elsewhere`() throws {
    let page = try Self.page(Self.busy())
    for outside in ["<script", "src=", "@import", "url(", "//"] {
      #expect(!page.replacing("http://www.w3.org/2000/svg", with: "").contains(outside))
    }
  }

  // It needs no second thread, and minutes under the sanitizer.
  @Test(.disabled(if: getenv("TSAN_OPTIONS") != nil, "the thread sanitizer has nothing to see here"))
  func `however much is on the node, it is at most 512 KiB and says how much more there is`() throws {
    var document = try Self.busy()
    let long = String(repeating: "install 'sctp' \"/bin/false\" \u{202E}\u{E0001}", count: 400)
    let one = try Self.rule("", 1, long, long)
    let rules = (0..<8000).map { index in
      var rule = one
      rule.file = "/etc/modprobe.d/\(index).conf"
      return rule
    }
    document.modules[0].verdicts.autoload.blockedBy = rules
    document.modules[0].verdicts.boot.blockedBy = rules
    document.files = (0..<8000).map { index in
      var file = document.files[0]
      file.path = "/etc/modprobe.d/\(index)-\(long)"
      file.message = long
      return file
    }
    document.notes = (0..<8000).map { "\(long)\($0)" }
    document.intent.issues[0].at = long
    document.intent.issues[0].message = long
    document.intent.issues = Array(repeating: document.intent.issues[0], count: 1000)
    document.message = String(repeating: long, count: 100)
    let page = try Self.page(document)
    #expect(page.utf8.count <= 512 * 1024)
    #expect(page.contains("and 7971 more"))
    #expect(page.contains("and 7960 more"))
  }

  /// The states in which an operator may meet the page.
  enum State: String, CaseIterable, Sendable {
    case ready, blocked, observeOnly, unknown, inPod, keptOut

    func document() throws -> StatusDocument {
      var document = try PageTests.busy()
      switch self {
      case .ready:
        document = try SampleDocument.ready()
        document.paths.removeFirst()
        document.intent.issues = []
        document.node = "worker-0"
      case .blocked: break
      case .observeOnly: document.agent.observeOnly = true
      case .unknown:
        document = try SampleDocument.blocked("failed to read '/etc/modprobe.d/cis.conf': permission denied (EACCES)")
        document.node = "worker-0"
        document.conditions[0] = Condition(
          .unblocked, .unknown, .unreadable, document.message,
          lastTransitionTime: document.conditions[0].lastTransitionTime)
        document.conditions[2] = Condition(
          .ready, .unknown, .unreadable, document.message,
          lastTransitionTime: document.conditions[0].lastTransitionTime)
        document.modules[0].verdicts.autoload.open = true
        document.modules[0].verdicts.boot.open = true
        document.modules[0].verdicts.autoload.blockedBy = []
        document.modules[0].verdicts.boot.blockedBy = []
        document.kernel = StatusDocument.Kernel(nil, otherKernels: [])
        document.dataPath.conntrackSCTP = "unknown"
      case .inPod: document.agent.mode = "container"
      case .keptOut:
        document = try SampleDocument.ready()
        document.intent.modules = []
        document.intent.keptOut = ["sctp"]
        document.modules[0].wanted = false
        document.modules[0].state = .absent
        let since = document.conditions[0].lastTransitionTime
        document.message = "the module is kept out, as the intent wants"
        document.conditions = [
          Condition(.unblocked, .yes, .keptOut, "sctp is kept out, as the intent wants", lastTransitionTime: since),
          Condition(.moduleAbsent, .yes, .absent, "sctp is not loaded", lastTransitionTime: since),
          Condition(.ready, .yes, .keptOut, document.message, lastTransitionTime: since),
        ]
        document.paths = []
      }
      return document
    }
  }

  private static let chromium = "/usr/bin/chromium"
  private static let keepsPictures = getenv("SCTP_AGENT_KEEP_PICTURES") != nil

  /// Runs a shell script in a new directory and returns its exit status. The directory has the page as `measured.html`,
  /// with a script that says in the title whether it fits the window. In the script, `chromium ARGUMENT...` is the browser,
  /// and `fits ARGUMENT...` exits 1 if the page is wider than the window.
  private static func inBrowser(_ page: String, _ name: String, _ script: String) throws -> Int32 {
    let directory = "/tmp/sctp-agent-page-\(getpid())-\(name)"
    mkdir(directory, 0o700)
    defer { if !keepsPictures { system("rm -r \(directory)") } }
    let measured =
      page + "<script>document.title = document.documentElement.scrollWidth > innerWidth ? 'too wide' : 'fits'</script>"
    try Data(measured.utf8).write(to: URL(filePath: "\(directory)/measured.html"))
    return system(
      """
      cd \(directory) || exit 1
      chromium() {
        timeout 100 \(chromium) --headless --no-sandbox --disable-gpu --user-data-dir=\(directory)/profile \
          --enable-logging=stderr --v=0 --hide-scrollbars "$@" 2>&1
      }
      fits() {
        out=$(chromium "$@" --dump-dom file://\(directory)/measured.html)
        case $out in *"<title>fits</title>"*) ;; *) echo "$out" | tail -c 3000; exit 1 ;; esac
      }
      \(script)
      """)
  }

  /// The page fits the window, a browser's policy refuses none of it, and there is a picture to look at.
  @Test(
    .enabled(if: access(chromium, X_OK) == 0, "needs \(chromium)"),
    arguments: [(390, true), (390, false), (1280, true), (1280, false)])
  func `chromium shows it, light and dark, narrow and wide`(width: Int, isDark: Bool) throws {
    var rendering = SnapshotRendering(build: SampleDocument.build)
    let snapshot = try rendering.snapshot(of: Self.busy(), history: SampleDocument.history())
    let server = try RunningServer(snapshot: snapshot)
    let window = "--window-size=\(width),2600 --blink-settings=preferredColorScheme=\(isDark ? 0 : 1)"
    let status = try Self.inBrowser(
      String(decoding: snapshot.page().bytes(refresh: nil), as: UTF8.self), "\(width)-\(isDark)",
      """
      out=$(chromium \(window) --screenshot="$PWD/page.png" http://127.0.0.1:\(server.port)/)
      case $out in *"Refused to"*) echo "$out"; exit 1 ;; esac
      [ -s page.png ] || { echo "$out"; exit 1; }
      fits \(window)
      """)
    #expect(status == 0)
  }

  @Test(.enabled(if: access(chromium, X_OK) == 0, "needs \(chromium)"), arguments: State.allCases)
  func `each state of a node fits a narrow screen`(state: State) throws {
    let status = try Self.inBrowser(
      Self.page(state.document()), state.rawValue,
      """
      fits --window-size=390,2600
      [ \(Self.keepsPictures) = true ] || exit 0
      for width in 390 1280; do
        for scheme in 0 1; do
          chromium --window-size=$width,2600 --blink-settings=preferredColorScheme=$scheme \
            --screenshot="$PWD/\(state.rawValue)-$width-$scheme.png" "file://$PWD/measured.html" >/dev/null
        done
      done
      """)
    #expect(status == 0)
  }
}
