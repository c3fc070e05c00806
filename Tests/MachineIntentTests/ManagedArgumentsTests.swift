import MachineIntent
import Testing

@Suite struct ManagedArgumentsTests {
  private func state(_ arguments: String) throws -> DesiredState? {
    let text =
      #"{"apiVersion":"machineconfiguration.openshift.io/v1","kind":"MachineConfig","metadata":{"#
      + #""name":"rendered-worker-1"},"spec":{"kernelArguments":\#(arguments),"config":{"ignition":{"version":"3.2.0"}}}}"#
    let managed = try ManagedConfiguration.read(
      path: "/etc/machine-config-daemon/currentconfig", bytes: Array(text.utf8))
    return IntentReader.read([BuiltinIntent.document], managed: managed).state
  }

  @Test func `the kernel arguments of the machine-config daemon are known`() throws {
    let managed = try state(#"["mitigations=auto","module_blacklist=sctp nomodule"]"#)?.managedArguments
    #expect(managed?.name == "rendered-worker-1")
    #expect(managed?.hold("nomodule") == true && managed?.hold("module_blacklist=sctp") == true)
    #expect(managed?.hold("module_blacklist") == false)
  }

  @Test func `without the daemon's file nothing is known of them`() {
    #expect(IntentReader.read([BuiltinIntent.document]).state?.managedArguments == nil)
  }
}
