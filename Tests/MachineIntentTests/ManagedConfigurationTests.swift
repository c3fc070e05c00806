import Modprobe
import Testing

@testable import MachineIntent

@Suite struct ManagedConfigurationTests {
  private static func rendered(_ files: String) -> [UInt8] {
    Array(
      """
      {"kind":"MachineConfig","apiVersion":"machineconfiguration.openshift.io/v1",
       "metadata":{"name":"rendered-worker-1"},
       "spec":{"config":{"ignition":{"version":"3.4.0"},"storage":{"files":[\(files)]}}}}
      """.utf8)
  }

  private static let blacklist =
    #"{"path":"/etc/modprobe.d/sctp-blacklist.conf","overwrite":true,"contents":{"source":"data:,"}}"#

  @Test func theDaemonsFilesAreReadByItsRules() throws {
    let managed = try #require(
      try ManagedConfiguration.read(
        path: "/c",
        bytes: Self.rendered(
          Self.blacklist + #",{"path":"/etc/modules-load.d/a.conf","mode":384},{"path":"/etc/other"}"#)))
    #expect(managed.name == "rendered-worker-1")
    #expect(managed.files.map(\.path) == ["/etc/modprobe.d/sctp-blacklist.conf", "/etc/modules-load.d/a.conf"])
    #expect(managed.files.map(\.contents) == [[], []])
    #expect(managed.files.map(\.mode) == [FileMode(0o644), FileMode(0o600)])
    #expect(managed.files.allSatisfy { $0.owner == .machineConfigDaemon })
  }

  @Test(arguments: ["", "\n", " \n\t"])
  func anEmptyFileIsNoConfiguration(text: String) throws {
    #expect(try ManagedConfiguration.read(path: "/c", bytes: Array(text.utf8)) == nil)
  }

  @Test(arguments: ["{", "{}", "null", "text"])
  func aBrokenFileIsAnError(text: String) {
    #expect(throws: ConfigIssue.self) { try ManagedConfiguration.read(path: "/c", bytes: Array(text.utf8)) }
  }

  /// What is not known of a path that the daemon owns must not make the path anybody's.
  @Test func aFileThatIsLongStaysTheDaemonsAndOneThatIsElsewhereIsAnError() throws {
    let long = String(repeating: "%23", count: 1 << 20) + "x"
    func read(_ source: String) throws -> ManagedConfiguration? {
      try ManagedConfiguration.read(
        path: "/c", bytes: Self.rendered(#"{"path":"/etc/modprobe.d/a.conf","contents":{"source":"\#(source)"}}"#))
    }
    #expect(try read("data:," + long)?.files.first?.contents?.count == 1 << 20 + 1)
    #expect { try read("https://example.com/a") } throws: { ($0 as? ConfigIssue)?.code == .sourceNotData }
  }

  @Test func anIgnitionConfigIsOneToo() throws {
    let text = #"{"ignition":{"version":"3.2.0"},"storage":{"files":[\#(Self.blacklist)]}}"#
    #expect(try ManagedConfiguration.read(path: "/c", bytes: Array(text.utf8))?.files.count == 1)
  }

  /// The daemon's objects come from a cache that drops what kind they are.
  @Test(arguments: [#""#, #""kind":"","#, #""kind":null,"apiVersion":"","#])
  func anObjectMayLeaveOutWhatItIs(head: String) throws {
    let text =
      #"{\#(head)"metadata":{"name":"rendered-worker-2"},"spec":{"config":{"ignition":{"version":"3.4.0"},"#
      + #""storage":{"files":[\#(Self.blacklist)]}}}}"#
    let managed = try #require(try ManagedConfiguration.read(path: "/c", bytes: Array(text.utf8)))
    #expect(managed.name == "rendered-worker-2")
    #expect(managed.files.count == 1)
    // Of somebody's own intent, it is no MachineConfig.
    #expect(Intent.read(text).issues.map(\.code.rawValue) == ["no-machineconfig"])
  }

  /// What an explicit intent and the daemon's files say of sctp in files of other names.
  @Test(arguments: [
    ("modules-load.d/a", "sctp", "modprobe.d/b", "install%20sctp%20/bin/false", true),
    ("modules-load.d/a", "sctp", "modprobe.d/b", "blacklist%20sctp", true),
    ("modprobe.d/a", "blacklist%20sctp", "modules-load.d/b", "sctp", true),
    ("modules-load.d/a", "sctp", "modules-load.d/b", "sctp", false),
    ("modprobe.d/a", "blacklist%20sctp", "modprobe.d/b", "blacklist%20sctp", false),
    ("modules-load.d/a", "dccp", "modprobe.d/b", "blacklist%20dccp", false),
  ])
  func anIntentThatWantsTheOppositeIsAnIssueThatNamesBoth(
    path: String, text: String, managedPath: String, managedText: String, differs: Bool
  ) throws {
    let managed = try ManagedConfiguration.read(
      path: "/c",
      bytes: Self.rendered(#"{"path":"/etc/\#(managedPath).conf","contents":{"source":"data:,\#(managedText)"}}"#))
    let document = Intent.document(
      Intent.machineConfig("- {path: /etc/\(path).conf, contents: {source: 'data:,\(text)'}}"))
    let reading = IntentReader.read([document], managed: managed)
    #expect(reading.state != nil)
    let issue = reading.issues.first { $0.code == .managedDiffers }
    #expect((issue != nil) == differs, "\(reading.issues)")
    if let issue {
      #expect(
        ["/etc/\(path).conf", "'mc'", "/etc/\(managedPath).conf", "rendered-worker-1"].allSatisfy(
          issue.message.contains))
    }
    #expect(reading.state?.files.last { $0.path == "/etc/\(managedPath).conf" }?.owner == .machineConfigDaemon)
  }

  @Test func anOwnerThatIsNotTheDaemonsDiffers() throws {
    let managed = try ManagedConfiguration.read(path: "/c", bytes: Self.rendered(Self.blacklist))
    for (user, differs) in [("{id: 0}", false), ("{name: root}", false), ("{id: 5}", true)] {
      let document = Intent.document(
        Intent.machineConfig(
          "- {path: /etc/modprobe.d/sctp-blacklist.conf, user: \(user), contents: {source: 'data:,'}}"))
      let codes = IntentReader.read([document], managed: managed).issues.map(\.code.rawValue)
      #expect(codes.contains("differs-from-managed") == differs)
    }
  }

  @Test func theDaemonsBytesStayWhereAnExplicitIntentDiffers() throws {
    let managed = try ManagedConfiguration.read(
      path: "/c",
      bytes: Self.rendered(
        Self.blacklist
          + #",{"path":"/etc/modules-load.d/sctp-load.conf","contents":{"source":"data:,sctp%0Anf_tables"}}"#))
    let reading = IntentReader.read([BuiltinIntent.document], managed: managed)
    let state = try #require(reading.state)
    #expect(state.sources == ["builtin", "/c"])
    #expect(state.files.map(\.owner) == [.machineConfigDaemon, .machineConfigDaemon])
    #expect(state.files.last?.contents == Array("sctp\nnf_tables".utf8))
    // The daemon's other modules are not this agent's affair.
    #expect(state.wanted == [ModuleName("sctp")])
    #expect(reading.issues.map(\.code.rawValue) == ["differs-from-managed"])
    #expect(reading.issues.first?.message.contains("rendered-worker-1") ?? false)
    #expect(reading.issues.first?.message.contains("load-sctp-module") ?? false)
  }

  @Test func anAgreeingIntentIsNoIssue() throws {
    let managed = try ManagedConfiguration.read(path: "/c", bytes: Self.rendered(Self.blacklist))
    let reading = IntentReader.read([BuiltinIntent.document], managed: managed)
    #expect(reading.issues.isEmpty)
    #expect(reading.state?.files.map(\.owner) == [.machineConfigDaemon, .intent])
  }

  @Test func whatTheDaemonSaysAboutSCTPJoinsTheIntent() throws {
    let managed = try ManagedConfiguration.read(
      path: "/c",
      bytes: Self.rendered(#"{"path":"/etc/modules-load.d/x.conf","contents":{"source":"data:,sctp_diag%0Aother"}}"#))
    #expect(
      IntentReader.read([BuiltinIntent.document], managed: managed).state?.wanted
        == [ModuleName("sctp"), ModuleName("sctp_diag")])
  }
}
