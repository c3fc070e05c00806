import Glibc
import LinuxNode
import MachineIntent
import NodeAgent
import NodeTesting
import Reconcile
import Synchronization
import Testing

/// An intent that is replaced while it is read, as the kubelet does it with a ConfigMap.
@Suite struct SwappedIntentTests {
  private static let files = 3

  private func document(_ number: Int, version: String) -> String {
    #"{"apiVersion":"machineconfiguration.openshift.io/v1","kind":"MachineConfig","metadata":{"#
      + #""name":"m\#(number)-\#(version)","labels":{"machineconfiguration.openshift.io/role":"worker"}},"spec":{"#
      + #""config":{"ignition":{"version":"3.2.0"}}}}"#
  }

  @Test func `it is never read half and half`() throws {
    let calls = RecordingCalls()
    let root = TemporaryRoot(calls: calls)
    for version in ["v1", "v2"] {
      for number in 0..<Self.files {
        root.plant("/map/..\(version)/m\(number).json", document(number, version: version))
      }
    }
    root.plantLink("/map/..data", to: "..v1")
    for number in 0..<Self.files { root.plantLink("/map/m\(number).json", to: "..data/m\(number).json") }
    let (proc, sys) = (InMemoryFiles(), InMemoryFiles())
    let access = NodePorts(
      files: root.files, proc: proc, sys: sys, own: root.files, modules: FakeKernel(sysfs: sys, outcomes: [:]),
      probe: ProvingProbe(), kernelRelease: "1.2.3")
    func reading() -> [String]? {
      var reconciler = Reconciler(
        access: access,
        settings: Reconciler.Settings(sources: IntentSources(paths: ["/map"], roles: []), policy: .declared))
      reconciler.readIntent(at: Timestamp(milliseconds: 4_000_000_000_000))
      return reconciler.intent.state?.machineConfigs
    }
    calls.clear()
    #expect(reading() == (0..<Self.files).map { "m\($0)-v1" })
    let count = calls.calls.count
    let path = root.path
    for number in 0..<count {
      calls.clear()
      let isSwapped = Mutex(false)
      calls.watch {
        guard calls.calls.count > number, !isSwapped.withLock({ $0 }) else { return }
        isSwapped.withLock { $0 = true }
        symlink("..v2", "\(path)/map/..tmp")
        rename("\(path)/map/..tmp", "\(path)/map/..data")
      }
      let names = reading() ?? []
      let versions = Set(names.map { $0.suffix(2) })
      #expect(versions.count == 1, "swapped after call \(number): \(names)")
      calls.watch {}
      symlink("..v1", "\(path)/map/..tmp")
      rename("\(path)/map/..tmp", "\(path)/map/..data")
    }
  }
}
