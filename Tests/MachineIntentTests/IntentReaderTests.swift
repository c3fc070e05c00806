import Modprobe
import Testing

@testable import MachineIntent

@Suite struct IntentReaderTests {
  private static let load = "/etc/modules-load.d/a.conf"

  private static func file(_ fields: String) -> String { "- {path: \(load), \(fields)}" }

  @Test func theBuiltinIntentIsTheDocumentedObject() throws {
    let reading = IntentReader.read([BuiltinIntent.document])
    #expect(reading.issues == [])
    let state = try #require(reading.state)
    #expect(state.sources == ["builtin"])
    #expect(state.machineConfigs == ["load-sctp-module"])
    #expect(state.files.map(\.path) == ["/etc/modprobe.d/sctp-blacklist.conf", "/etc/modules-load.d/sctp-load.conf"])
    #expect(state.files.map(\.contents) == [[], Array("sctp".utf8)])
    #expect(state.files.map(\.mode) == [FileMode(0o644), FileMode(0o644)])
    #expect(state.wanted == [ModuleName("sctp")])
    #expect(state.keptOut == [])
    #expect(state.ignored == [])
  }

  @Test func theBuiltinIntentIsForEveryRole() {
    #expect(IntentReader.read([BuiltinIntent.document], roles: ["master"]).state?.wanted == [ModuleName("sctp")])
  }

  // MARK: The merge

  /// Two MachineConfigs that set the same file, and what it becomes.
  @Test(arguments: [
    // By name, in byte order.
    ("50-a", "worker", "60-b", "worker", "2"), ("60-b", "worker", "50-a", "worker", "1"),
    ("B", "worker", "a", "worker", "2"), ("9", "worker", "10", "worker", "1"),
    // Worker first, whatever the names.
    ("99-z", "worker", "00-a", "infra", "2"), ("00-a", "infra", "99-z", "worker", "1"),
    ("99-z", "worker", "00-a", "master", "2"),
  ])
  func machineConfigsAreMergedInTheOperatorsOrder(
    first: String, firstRole: String, second: String, secondRole: String, winner: String
  ) {
    let reading = Intent.read(
      Intent.machineConfig(Self.file("contents: {source: 'data:,1'}"), name: first, role: firstRole),
      Intent.machineConfig(Self.file("contents: {source: 'data:,2'}"), name: second, role: secondRole))
    #expect(Intent.contents(reading, Self.load) == winner)
  }

  @Test func whatALaterMachineConfigDoesNotSayIsInherited() throws {
    let reading = Intent.read(
      Intent.machineConfig(
        Self.file("mode: 0600, user: {id: 1}, append: [{source: 'data:,x'}], contents: {source: 'data:,1'}"), name: "a"),
      Intent.machineConfig(
        Self.file("group: {id: 2}, append: [{source: 'data:,y'}], contents: {source: 'data:,2'}"), name: "b"))
    let file = try #require(reading.state?.files.first)
    #expect(file.contents == Array("2".utf8))
    #expect(file.appended == Array("xy".utf8))
    #expect(file.mode == FileMode(0o600))
    #expect(file.user == .id(1))
    #expect(file.group == .id(2))
    #expect(file.machineConfig == "b")
  }

  @Test func aNewSourceInheritsTheHashAndNotTheCompression() {
    let digest = ContentDigest.sha512(Array("sctp\n".utf8))
    let parent = Intent.machineConfig(
      Self.file(
        "contents: {compression: gzip, source: 'data:;base64,\(GzipFixture.sctpBase64)', "
          + "verification: {hash: sha512-\(digest)}}"), name: "a")
    let same = Intent.read(parent, Intent.machineConfig(Self.file("contents: {source: 'data:,sctp%0A'}"), name: "b"))
    #expect(Intent.contents(same, Self.load) == "sctp\n")
    let other = Intent.read(parent, Intent.machineConfig(Self.file("contents: {source: 'data:,x'}"), name: "b"))
    #expect(other.issues.map(\.code.rawValue) == ["hash-inherited"])
  }

  @Test func aPathThatBecomesALinkIsNoFileAnyMore() throws {
    let link = """
      apiVersion: machineconfiguration.openshift.io/v1
      kind: MachineConfig
      metadata: {name: b, labels: {machineconfiguration.openshift.io/role: worker}}
      spec: {config: {ignition: {version: 3.2.0}, storage: {links: [{path: \(Self.load), target: /dev/null}]}}}
      """
    let state = try #require(
      Intent.read(Intent.machineConfig(Self.file("contents: {source: 'data:,1'}"), name: "a"), link).state)
    #expect(state.files.isEmpty)
    #expect(state.ignored.map(\.path) == [Self.load])
  }

  @Test func rolesSelect() {
    let worker = Intent.machineConfig(Self.file("contents: {source: 'data:,w'}"), name: "w")
    let master = Intent.machineConfig(Self.file("contents: {source: 'data:,m'}"), name: "m", role: "master")
    #expect(Intent.contents(Intent.read(worker, master, roles: ["worker"]), Self.load) == "w")
    #expect(Intent.contents(Intent.read(worker, master, roles: ["master"]), Self.load) == "m")
    #expect(Intent.contents(Intent.read(worker, master), Self.load) == "m")
    #expect(Intent.read(worker, roles: ["infra"]).findings == ["!1:1 no-such-role"])
  }

  @Test func ofTwoObjectsOfOneNameTheLastIsLeft() {
    let reading = Intent.read(
      Intent.machineConfig(Self.file("mode: 0600, contents: {source: 'data:,1'}")),
      Intent.machineConfig(Self.file("contents: {source: 'data:,2'}")))
    #expect(reading.state?.files.map(\.mode) == [nil])
    #expect(reading.findings == ["1:1 duplicate-name"])
  }

  // MARK: What is written, wanted and left out

  @Test(arguments: [
    ("/etc/modprobe.d/a.conf", nil), ("/etc/modules-load.d/a-b_c.conf", nil), ("/etc/modprobe.d/a.CONF", "names"),
    ("/etc/modprobe.d/.conf", "names"), ("/etc/modprobe.d/.a.conf", "names"),
    ("/etc/modprobe.d/a.conf/b.conf", "below"), ("/etc/modprobe.d/x/\u{301}a.conf", "below"),
    ("/etc/modprobe.d/\u{301}a.conf", nil), ("/etc/modprobe.d/a\u{600}.conf", nil),
    ("/etc/modprobe.d/f\u{FC}r.conf", nil),
    ("/etc/modprobe.d/../cron.d/a.conf", "'..'"), ("/etc/crio/crio.conf", "only files"),
    ("/etc/modprobe.d", "only files"),
    ("/etc//modprobe.d/a.conf", "not simplified"), ("/etc/modprobe.d/./a.conf", "not simplified"),
    ("/usr/lib/modprobe.d/a.conf", "only files"), ("/etc/modprobe.dd/a.conf", "only files"),
    ("/etc/modprobe.d/" + String(repeating: "a", count: 251) + ".conf", "name"),
  ])
  func onlyDropInsOfTheTwoDirectoriesAreWritten(path: String, reason: String?) throws {
    let refusal = WritablePath.refusal(of: path)
    #expect(reason.map { refusal?.contains($0) ?? false } ?? (refusal == nil), "\(refusal ?? "nil")")
    let reading = Intent.read(
      Intent.machineConfig(
        "- {path: '\(path)', contents: {source: 'data:,x'}}\n- {path: /etc/modprobe.d/z.conf, contents: {source: 'data:,'}}"
      ))
    let state = try #require(reading.state)
    #expect(Set(state.files.map(\.path)) == Set((reason == nil ? [path] : []) + ["/etc/modprobe.d/z.conf"]))
    #expect(state.ignored.map(\.path) == (reason == nil ? [] : [path]))
  }

  @Test func sourcesThatMustBeFetchedAreLeftOut() throws {
    let state = try #require(
      Intent.read(Intent.machineConfig("- {path: /etc/modprobe.d/a.conf, contents: {source: 'https://h/a'}}")).state)
    #expect(state.files.isEmpty)
    #expect(state.ignored.count == 1)
  }

  @Test(arguments: [
    ("sctp", "", ["sctp"], []), ("sctp\nsctp_diag\nsctp", "", ["sctp", "sctp_diag"], []),
    ("# a\n\n;b\nip6-udp-tunnel", "", ["ip6_udp_tunnel"], []),
    ("", "blacklist sctp\ninstall dccp /bin/false\n", [], ["sctp", "dccp"]),
    ("sctp", "blacklist sctp\n", ["sctp"], []), ("", "install sctp_* /bin/false\n", [], []),
    ("", "install sctp /sbin/modprobe --ignore-install sctp\n", [], []), ("", "options sctp a=1\n", [], []),
  ])
  func loadFilesWantModulesAndRulesKeepThemOut(
    load: String, rules: String, wanted: [String], keptOut: [String]
  ) throws {
    func encoded(_ text: String) -> String { text.utf8.map { "%" + Hex.text([$0]) }.joined() }
    let reading = Intent.read(
      Intent.machineConfig(
        "- {path: /etc/modules-load.d/a.conf, contents: {source: 'data:,\(encoded(load))'}}\n"
          + "- {path: /etc/modprobe.d/a.conf, contents: {source: 'data:,\(encoded(rules))'}}"))
    let state = try #require(reading.state)
    #expect(state.wanted.map(\.rawValue) == wanted)
    #expect(state.keptOut.map(\.rawValue) == keptOut)
  }

  @Test func theDigestFollowsWhatDecides() throws {
    func digest(_ fields: String, name: String = "mc") throws -> String {
      try #require(Intent.read(Intent.machineConfig(Self.file(fields), name: name)).state).digest
    }
    let one = try digest("contents: {source: 'data:,sctp'}")
    #expect(one.hasPrefix("sha256:"))
    #expect(try digest("contents: {source: 'data:;base64,c2N0cA=='}", name: "other") == one)
    #expect(try digest("mode: 420, contents: {source: 'data:,sctp'}") != one)
    #expect(try digest("contents: {source: 'data:,sctq'}") != one)
  }

  // MARK: Where MachineConfigs stand

  @Test func machineConfigsAreFoundWhereverTheyStand() throws {
    let object = Intent.machineConfig(Self.file("contents: {source: 'data:,x'}"), name: "NAME")
    func named(_ name: String, indented: Int = 0) -> String {
      let margin = String(repeating: " ", count: indented)
      return object.split(separator: "\n").map { "\(margin)\($0)\n" }.joined()
        .split(separator: "NAME", omittingEmptySubsequences: false).joined(separator: name)
    }
    let text = """
      # a stream
      ---
      \(named("a"))
      ---
      apiVersion: v1
      kind: List
      items:
      -
      \(named("b", indented: 4))
      ---
      apiVersion: v1
      kind: Service
      metadata: {name: x}
      ---
      apiVersion: v1
      kind: ConfigMap
      data:
        c.yaml: |
      \(named("c", indented: 4))
        other: just text
      ---
      apiVersion: policy.open-cluster-management.io/v1
      kind: Policy
      spec:
        policy-templates:
        - objectDefinition:
            spec:
              object-templates:
              - complianceType: musthave
                objectDefinition:
      \(named("d", indented: 12))
              - complianceType: mustnothave
                objectDefinition:
      \(named("e", indented: 12))
      """
    #expect(Intent.read(text).state?.machineConfigs == ["a", "b", "c", "d"])
  }

  @Test func objectsOfAListAndPackedDataOfAConfigMapAreFound() throws {
    let item = #"{"metadata": {"name": "a"}, "spec": {"config": {"ignition": {"version": "3.2.0"}}}}"#
    let list =
      #"{"apiVersion": "machineconfiguration.openshift.io/v1", "kind": "MachineConfigList", "items": [\#(item)]}"#
    #expect(Intent.read(list).state?.machineConfigs == ["a"])
    let map = "apiVersion: v1\nkind: ConfigMap\nbinaryData: {x: \(GzipFixture.machineConfigBase64), y: AAAA, z: '!'}\n"
    #expect(Intent.read(map).state?.wanted == [ModuleName("sctp")])
  }

  @Test func placesInAConfigMapAreThoseOfItsFile() {
    let text = """
      apiVersion: v1
      kind: ConfigMap
      data:
        mc.yaml: |
          apiVersion: machineconfiguration.openshift.io/v1
          kind: MachineConfig
          metadata: {name: a}
          spec:
            config:
              ignition: {version: 9.9.9}
      """
    #expect(Intent.read(text).findings == ["7:15 no-role", "!10:29 ignition-version"])
    let json =
      #"{"apiVersion": "v1", "kind": "ConfigMap","# + "\n"
      + #" "data": {"x": "kind: MachineConfig\napiVersion: machineconfiguration.openshift.io/v1\nspec: 3"}}"#
    #expect(Intent.read(json).findings == ["2:16 no-name", "2:16 no-role", "!2:16 type"])
  }

  @Test(arguments: [
    ("apiVersion: v1\nkind: Service\n", ["!1:1 no-machineconfig"]), ("", ["!1:1 no-machineconfig"]),
    ("just text\n", ["!1:1 type"]), ("kind: MachineConfig\n", ["!1:1 no-machineconfig"]),
    ("kind: MachineConfig\nmetadata: {name: a}\n", ["!1:7 api-version"]),
    ("kind: MachineConfig\napiVersion: machine.example.org/v1\n", ["!1:1 no-machineconfig"]),
    ("{\"ignition\": {}}", ["!1:1 ignition-version"]), ("a: [", ["!2:1 syntax"]), ("{\"a\": [1}", ["!1:9 syntax"]),
    ("H4sIAAAA", ["!1:1 unpack"]),
  ])
  func whatIsNoIntentIsRefusedWithItsPlace(text: String, expected: [String]) {
    let reading = Intent.read(text)
    #expect(reading.state == nil)
    #expect(reading.findings == expected, "\(reading.issues)")
  }

  @Test func aConfigMayBeAbsentNullOrText() {
    let head = "apiVersion: machineconfiguration.openshift.io/v1\nkind: MachineConfig\nmetadata: {name: a}\n"
    #expect(Intent.read(head + "spec: {config: null, kernelArguments: [a]}\n").state?.files == [])
    #expect(Intent.read(head).state?.files == [])
    let text = Intent.read(
      head + #"spec: {config: '{"ignition": {"version": "3.2.0"}, "storage": {"files": [{"path": "/a"}]}}'}"#)
    #expect(text.state?.ignored.map(\.path) == ["/a"])
  }

  @Test func aWholeSourceMayBePacked() throws {
    let reading = IntentReader.read([
      IntentDocument(name: "a", bytes: GzipFixture.machineConfig),
      IntentDocument(name: "b", bytes: Array(GzipFixture.machineConfigBase64.utf8)),
    ])
    #expect(reading.state?.wanted == [ModuleName("sctp")])
    #expect(reading.findings == ["1:1 duplicate-name"])
  }

  // MARK: Limits

  @Test func hostileInputIsRefusedWithAReason() {
    func codes(_ text: String, _ change: (inout IntentLimits) -> Void) -> [String] {
      var limits = IntentLimits()
      change(&limits)
      return IntentReader.read([Intent.document(text)], limits: limits).issues.map(\.code.rawValue)
    }
    let two = Intent.machineConfig("- {path: /a}\n- {path: /b}")
    #expect(codes(two) { $0.files = 1 } == ["too-many"])
    #expect(codes(two + "---\n" + two) { $0.files = 3 } == ["too-many"])
    #expect(codes(two) { $0.bytes = 100 } == ["too-large"])
    #expect(codes(two) { $0.nodes = 20 } == ["too-many"])
    #expect(codes(two) { $0.depth = 5 } == ["too-deep"])
    #expect(
      codes(Intent.machineConfig(Self.file("contents: {source: 'data:,a%0Ab%0A'}"))) { $0.dropIn = 3 } == ["ignored"])
    let load = "- {path: \(Self.load), contents: {source: 'data:,a%0Ab%0Ac'}}"
    #expect(codes(Intent.machineConfig(load)) { $0.modules = 2 } == ["too-many"])
    #expect(codes(Intent.machineConfig(load)) { $0.dropIns = 4 } == ["too-large"])
    let map = "apiVersion: v1\nkind: ConfigMap\ndata: {a: 'kind: MachineConfig'}\n"
    #expect(codes(map) { $0.embedded = 10 } == ["too-large"])
    #expect(codes("[&a 1, &b 2, &c 3]") { $0.files = 2 } == ["too-many"])
    let packed = Intent.machineConfig(
      Self.file("contents: {compression: gzip, source: 'data:;base64,\(GzipFixture.newlinesBase64)'}"))
    #expect(codes(packed) { $0.bytes = 2000 } == ["too-large"])
    // What all sources inflate to counts together.
    let source = "contents: {compression: gzip, source: 'data:;base64,\(GzipFixture.newlinesBase64)'}"
    let both = Intent.machineConfig(Self.file(source) + "\n- {path: /etc/modules-load.d/b.conf, \(source)}")
    #expect(codes(both) { $0.bytes = 5000 } == ["too-large"])
    #expect(codes(both) { $0.bytes = 6000 } == [])
  }
}
