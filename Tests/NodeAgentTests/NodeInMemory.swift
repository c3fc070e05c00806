import MachineIntent
import Modprobe
import NodeAgent
import NodeTesting
import Reconcile

let blacklist = "/etc/modprobe.d/sctp-blacklist.conf"
let loadFile = "/etc/modules-load.d/sctp-load.conf"

/// A stock node in memory: `sctp` is in the module tree, and blacklisted.
final class NodeInMemory {
  let files = InMemoryFiles()
  let proc = InMemoryFiles()
  let sys = InMemoryFiles()
  let kernel: FakeKernel
  let probe = ProvingProbe()

  init(_ outcome: FakeKernel.Outcome = .loads) {
    kernel = FakeKernel(sysfs: sys, outcomes: [ModuleName("sctp"): outcome])
    for directory in ["/etc/modprobe.d", "/etc/modules-load.d", "/var/lib", "/lib/modules/5.14.0"] {
      files.plantDirectory(directory)
    }
    files.plant(blacklist, "# stock\nblacklist sctp\n")
    files.plant("/lib/modules/5.14.0/modules.dep", "sctp.ko:\n")
    files.plant("/lib/modules/5.14.0/modules.alias", "alias net-pf-2-proto-132 sctp\n")
    files.plant("/lib/modules/5.14.0/sctp.ko", "")
    proc.plant("/cmdline", "quiet\n")
    proc.plant("/modules", "")
  }

  func reconciler(
    policy: UnblockPolicy = .blacklist, observeOnly: Bool = false, intents: [String] = [], features: FeatureFile? = nil,
    lock: AgentLock? = nil, loader: Userland.Loader = .node
  ) throws -> Reconciler {
    let access = NodePorts(
      files: files, proc: proc, sys: sys, own: files, modules: kernel, probe: probe, kernelRelease: "5.14.0",
      loader: loader)
    var reconciler = Reconciler(
      access: access,
      settings: Reconciler.Settings(
        sources: IntentSources(paths: intents, roles: []), policy: policy, observeOnly: observeOnly,
        features: features), lock: lock)
    reconciler.readIntent(at: Timestamp(milliseconds: 0))
    return reconciler
  }

  /// Makes the ledger unreadable from now on, for the reason returned.
  func denyLedger() -> FileFailure {
    let failure = denied(.read, Ledger.path)
    files.plant(Ledger.path, "")
    files.fail(.read, Ledger.path, with: failure)
    return failure
  }

  func text(_ path: String) throws -> String? {
    try files.read(path, limit: 4096).map { String(decoding: $0, as: UTF8.self) }
  }
}

/// What a policy against the agent does to one operation.
func denied(_ operation: FileFailure.Operation, _ path: String) -> FileFailure {
  FileFailure(operation, path, errno: 13, reason: .permissionDenied, message: "permission denied (EACCES)")
}
