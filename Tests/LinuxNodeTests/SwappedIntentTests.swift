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

  /// Makes a ConfigMap as the kubelet mounts it, with all versions of its files, the first one in force.
  private func mount(_ versions: [String], in root: TemporaryRoot) -> NodePorts {
    for version in versions {
      for number in 0..<Self.files {
        root.plant("/map/..\(version)/m\(number).json", document(number, version: version))
      }
    }
    root.plantLink("/map/..data", to: "..\(versions[0])")
    for number in 0..<Self.files { root.plantLink("/map/m\(number).json", to: "..data/m\(number).json") }
    let (proc, sys) = (InMemoryFiles(), InMemoryFiles())
    return NodePorts(
      files: root.files, proc: proc, sys: sys, own: root.files, modules: FakeKernel(sysfs: sys, outcomes: [:]),
      probe: ProvingProbe(), kernelRelease: "1.2.3")
  }

  private func reconciler(_ access: NodePorts) -> Reconciler {
    Reconciler(
      access: access,
      settings: Reconciler.Settings(sources: IntentSources(paths: ["/map"], roles: []), policy: .declared))
  }

  @Test func `it is never read half and half`() throws {
    let calls = RecordingCalls()
    let root = TemporaryRoot(calls: calls)
    let access = mount(["v1", "v2"], in: root)
    func reading() -> [String]? {
      var reconciler = self.reconciler(access)
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

  @Test func `while it keeps being replaced, the one in force stays, and the last one comes into force`() throws {
    let calls = RecordingCalls()
    let root = TemporaryRoot(calls: calls)
    let versions = 200
    let access = mount((0...versions).map { "v\($0)" }, in: root)
    var reconciler = self.reconciler(access)
    var fresh = self.reconciler(access)
    func read(_ reconciler: inout Reconciler) -> [String]? {
      reconciler.readIntent(at: Timestamp(milliseconds: 4_000_000_000_000))
      return reconciler.intent.state?.machineConfigs
    }
    func all(_ version: Int) -> [String] { (0..<Self.files).map { "m\($0)-v\(version)" } }
    #expect(read(&reconciler) == all(0))
    let newest = Mutex(0)
    let path = root.path
    calls.watch {
      // Often enough that no reading is whole.
      guard calls.calls.count % 20 == 0, let version = newest.withLock({ $0 < versions ? $0 + 1 : nil }) else { return }
      newest.withLock { $0 = version }
      symlink("..v\(version)", "\(path)/map/..tmp")
      rename("\(path)/map/..tmp", "\(path)/map/..data")
    }
    #expect(read(&reconciler) == all(0))
    #expect(reconciler.intent.errors.isEmpty)
    #expect(read(&fresh) == nil)
    #expect(fresh.intent.errors.first?.code == .unreadable)
    let reached = newest.withLock { $0 }
    #expect(reached < versions)
    calls.watch {}
    #expect(read(&reconciler) == all(reached))
    #expect(read(&fresh) == all(reached))
  }
}
