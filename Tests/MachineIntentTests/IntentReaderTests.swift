import Modprobe
import Testing

@testable import MachineIntent

@Suite struct IntentReaderTests {
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
}
