import Glibc
import LinuxNode
import MachineIntent
import Modprobe
import NodeAgent
import NodeTesting
import Reconcile
import Synchronization
import Testing

/// The machine-config daemon's own drift table (its `config_drift_monitor_test.go`), on a path that it manages and on
/// one that it does not, with a witness that looks at the managed path after every system call of the agent.
@Suite struct MachineConfigDaemonTests {
  private static let managed = "/etc/modprobe.d/sctp-blacklist.conf"
  private static let unmanaged = "/etc/modprobe.d/site.conf"
  private static let managedBytes = Array("options sctp managed=1\n".utf8)
  private static let unmanagedText = "options sctp no_checksums=0\n"
  private static let now = Timestamp(milliseconds: 4_000_000_000_000)

  struct Drift: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let change: @Sendable (String) -> Void

    static let all = [
      Drift(testDescription: "content") { path in
        let file = open(path, O_WRONLY | O_TRUNC)
        precondition(write(file, "blacklist sctp\n", 15) == 15 && close(file) == 0)
      },
      Drift(testDescription: "touch") { precondition(utimes($0, nil) == 0) },
      Drift(testDescription: "rename") { precondition(rename($0, $0 + ".old") == 0) },
      Drift(testDescription: "delete") { precondition(unlink($0) == 0) },
      Drift(testDescription: "overwrite") { path in
        let file = open(path + ".new", O_WRONLY | O_CREAT, 0o644)
        precondition(write(file, "blacklist sctp\n", 15) == 15 && close(file) == 0)
        precondition(rename(path + ".new", path) == 0)
      },
      Drift(testDescription: "chmod") { precondition(chmod($0, 0o755) == 0) },
    ]
  }

  /// What bears a name at one moment.
  private struct State: Hashable {
    let mode: UInt32?
    let bytes: [UInt8]

    /// Reads the file by the kernel's own word, not through the agent's reader.
    init(_ path: String) {
      var status = stat()
      guard lstat(path, &status) == 0 else {
        (mode, bytes) = (nil, [])
        return
      }
      var buffer = [UInt8](repeating: 0, count: 4096)
      let file = open(path, O_RDONLY | O_NOFOLLOW)
      let count = read(file, &buffer, buffer.count)
      close(file)
      (mode, bytes) = (status.st_mode, Array(buffer.prefix(max(0, count))))
    }
  }

  private static func currentConfig() -> String {
    let source = String(decoding: managedBytes, as: UTF8.self).replacing(" ", with: "%20").replacing("\n", with: "%0A")
    return """
      {"apiVersion":"machineconfiguration.openshift.io/v1","kind":"MachineConfig",\
      "metadata":{"name":"rendered-worker-1"},"spec":{"config":{"ignition":{"version":"3.2.0"},\
      "storage":{"files":[{"path":"\(managed)","mode":420,"contents":{"source":"data:,\(source)"}}]}}}}
      """
  }

  private static func node() -> (TemporaryRoot, RecordingCalls, NodePorts) {
    let calls = RecordingCalls()
    let root = TemporaryRoot(in: Glibc.access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp", calls: calls)
    root.plant(managed, managedBytes, mode: FileMode(0o644))
    root.plant(unmanaged, unmanagedText)
    root.plantDirectory("/etc/modules-load.d")
    root.plant("/etc/machine-config-daemon/currentconfig", currentConfig())
    root.plant("/lib/modules/1.2.3/modules.dep", "kernel/net/sctp/sctp.ko.xz:\n")
    root.plant("/lib/modules/1.2.3/kernel/net/sctp/sctp.ko.xz", "module")
    let (proc, sys) = (InMemoryFiles(), InMemoryFiles())
    proc.plant("/cmdline", "quiet\n")
    sys.plant("/module/sctp/initstate", "live\n")
    let access = NodePorts(
      files: root.files, proc: proc, sys: sys, own: InMemoryFiles(),
      modules: FakeKernel(sysfs: sys, outcomes: [:]), probe: ProvingProbe(), kernelRelease: "1.2.3")
    return (root, calls, access)
  }

  @Test(arguments: Drift.all, [managed, unmanaged])
  func aManagedPathIsNeverAnythingButWhatTheDaemonOrTheDriftMadeIt(_ drift: Drift, _ path: String) throws {
    let (root, calls, access) = Self.node()
    var reconciler = Reconciler(
      access: access, settings: .init(sources: IntentSources(paths: [], roles: []), policy: .blacklist))
    reconciler.readIntent(at: Self.now)
    _ = reconciler.pass(.init(now: Self.now))

    let right = State(root.path + Self.managed)
    #expect(right.bytes == Self.managedBytes && right.mode == S_IFREG | 0o644)
    drift.change(root.path + path)
    let drifted = State(root.path + Self.managed)

    let seen = Mutex<[State]>([drifted])
    calls.watch { [path = root.path] in
      let state = State(path + Self.managed)
      seen.withLock { if $0.last != state { $0.append(state) } }
    }
    calls.clear()
    _ = reconciler.pass(.init(now: Self.now))
    // No state in between: what drifted, then what is right, by one rename.
    #expect(seen.withLock { $0 } == (drifted == right ? [right] : [drifted, right]))
    let renames = calls.calls.filter {
      ["renameat", "exchange"].contains($0.name) && $0.target == "sctp-blacklist.conf"
    }
    #expect(renames.count == (drifted == right ? 0 : 1))
    // No no-op writes, of no file: even one with the same bytes has the daemon validate everything.
    calls.clear()
    _ = reconciler.pass(.init(now: Self.now))
    #expect(!calls.calls.contains { ["renameat", "exchange", "fchmod", "write"].contains($0.name) || $0.creates })
  }

  @Test func nothingIsWrittenWhileTheDaemonsConfigurationHasJustChanged() throws {
    let (root, calls, access) = Self.node()
    var reconciler = Reconciler(
      access: access, settings: .init(sources: IntentSources(paths: [], roles: []), policy: .blacklist))
    reconciler.readIntent(at: Self.now)
    _ = reconciler.pass(.init(now: Self.now))
    precondition(unlink(root.path + Self.managed) == 0)
    let changed = try #require(try root.stamp("/etc/machine-config-daemon/currentconfig")).modified
    calls.clear()
    let held = reconciler.pass(.init(now: Timestamp(milliseconds: changed.milliseconds + 1000)))
    #expect(held.heldUntil == Timestamp(milliseconds: changed.milliseconds + 5000))
    #expect(!calls.calls.contains { ["renameat", "exchange"].contains($0.name) || $0.creates })
    #expect(held.observation.hold != nil)
    let settled = reconciler.pass(.init(now: Timestamp(milliseconds: changed.milliseconds + 5000)))
    #expect(settled.heldUntil == nil)
    #expect(try root.read(Self.managed, limit: 4096) == Self.managedBytes)
  }
}
