import MachineIntent
import Modprobe
import NodeAgent
import NodeTesting
import Reconcile
import Testing

private let later = Reconciler.PassInput(now: Timestamp(milliseconds: 4_000_000_000_000))
/// The same after an event about files and nothing else.
private let aboutFiles = Reconciler.PassInput(now: later.now, isAboutFiles: true)

extension NodeInMemory {
  fileprivate func convergedReconciler() throws -> Reconciler {
    var reconciler = try reconciler()
    _ = try reconciler.pass(later)
    return reconciler
  }
}

@Test func onePassEnablesSCTPAndASecondChangesNothing() throws {
  let node = NodeInMemory()
  var reconciler = try node.reconciler()
  let pass = try reconciler.pass(later)
  #expect(pass.observation.outcomes.allSatisfy { $0.failure == nil })
  #expect(try node.text(blacklist) == "")
  #expect(try node.text(loadFile) == "sctp")
  let changes = node.files.changes
  #expect(try reconciler.pass(later).observation.outcomes.isEmpty)
  #expect(node.files.changes == changes)
  #expect(node.kernel.asked == [ModuleName("sctp")])
}

@Test func theLedgerIsWrittenBeforeTheFileThatItDescribes() throws {
  let node = NodeInMemory()
  var reconciler = try node.reconciler()
  _ = try reconciler.pass(later)
  let changes = node.files.changes
  let recorded = try #require(changes.firstIndex { $0.contains("ledger.jsonl") })
  let written = try #require(changes.firstIndex { $0.hasSuffix(blacklist) })
  #expect(recorded < written)
}

@Test func aLoadThatPretendsToSucceedIsAFailure() throws {
  let node = NodeInMemory(.pretends)
  var reconciler = try node.reconciler()
  let pass = try reconciler.pass(later)
  #expect(pass.observation.outcomes.contains { $0.step == .load(ModuleName("sctp")) && $0.failure != nil })
}

@Test func theFileOfARefusedModuleIsOpenedToSeeWhetherItIsDamaged() throws {
  let node = NodeInMemory(.refuses(errno: 22))
  node.kernel.set("/lib/modules/5.14.0/sctp.ko", to: ModuleInspection(signed: nil, damage: "cut short"))
  var reconciler = try node.reconciler()
  let seen = try #require(try reconciler.pass(later).observation.node)
  let verdicts = LoadVerdicts(module: ModuleName("sctp"), node: seen)
  for way in [verdicts.autoload, verdicts.boot, verdicts.explicit] {
    #expect(way.blockedBy.map(\.reason) == [.moduleUnreadable])
  }
}

@Test func aWriteThatFailsLeavesTheRestToGoOnAndIsTriedAgain() throws {
  let node = NodeInMemory()
  node.files.fail(
    .write, blacklist, with: FileFailure(.write, blacklist, errno: 28, reason: .noSpace, message: "no space left"))
  var reconciler = try node.reconciler()
  let failed = try reconciler.pass(later)
  #expect(failed.observation.outcomes.compactMap(\.failure?.reason) == [.noSpace])
  #expect(try node.text(loadFile) == "sctp")
  node.files.fail(.write, blacklist, with: nil)
  _ = try reconciler.pass(later)
  #expect(try node.text(blacklist) == "")
}

@Test func aFileThatChangedSinceItWasObservedIsLeftForTheNextPass() throws {
  let node = NodeInMemory()
  var reconciler = try node.reconciler()
  let pass = try reconciler.pass(later) { _, _ in node.files.plant(blacklist, "# somebody's work\n") }
  #expect(!pass.observation.outcomes.contains { $0.step.path == blacklist })
  #expect(try node.text(blacklist) == "# somebody's work\n")
}

@Test func observeOnlyTouchesNothing() throws {
  let node = NodeInMemory()
  var reconciler = try node.reconciler(observeOnly: true)
  let before = node.files.changes
  _ = try reconciler.pass(later)
  #expect(node.files.changes == before)
  #expect(node.kernel.asked.isEmpty)
}

@Test func restingPathsAreNotRepaired() throws {
  let node = NodeInMemory()
  var reconciler = try node.reconciler()
  var moment = later
  moment.resting = [blacklist]
  _ = try reconciler.pass(moment)
  #expect(try node.text(blacklist) == "# stock\nblacklist sctp\n")
  #expect(try node.text(loadFile) == "sctp")
}

@Test func anEventAboutFilesIsNoReasonToAskTheKernelAgainUnlessAModuleIsToBeLoaded() throws {
  let node = NodeInMemory()
  var reconciler = try node.convergedReconciler()
  node.proc.plant("/sys/kernel/modules_disabled", "1\n")
  node.files.plant(blacklist, "blacklist sctp\n")
  let repaired = try reconciler.pass(aboutFiles)
  #expect(try node.text(blacklist) == "")
  #expect(repaired.observation.node?.kernel.modulesDisabled == false)
  node.sys.takeAway("/module/sctp")
  #expect(try reconciler.pass(aboutFiles).observation.node?.kernel.modulesDisabled == true)
  #expect(try reconciler.pass(later).observation.node?.kernel.modulesDisabled == true)
}

@Test func nothingIsChangedBeforeTheLedgerCanBeRead() throws {
  let node = NodeInMemory()
  let denied = node.denyLedger()
  var reconciler = try node.reconciler()
  for moment in [later, aboutFiles] {
    let pass = try reconciler.pass(moment)
    #expect(pass.observation.ledgerFailure == denied && !pass.isOvertaken)
    #expect(pass.observation.outcomes.allSatisfy { $0.step.path == nil })
    #expect(node.files.changes.isEmpty)
  }
  #expect(throws: denied) { _ = try reconciler.look() }
  // Whoever writes nothing need not read it.
  var observing = try node.reconciler(observeOnly: true)
  #expect(try observing.pass(later).observation.ledgerFailure == nil)
  node.files.fail(.read, Ledger.path, with: nil)
  #expect(try reconciler.pass(later).observation.ledgerFailure == nil)
  #expect(try node.text(blacklist) == "")
}

@Test func aDeclaredFileIsPutRightBeforeTheKernelIsAskedAndCountedOnce() throws {
  let node = NodeInMemory()
  var reconciler = try node.convergedReconciler()
  node.files.plant(blacklist, "blacklist sctp\n")
  var found: [(paths: [String], areAll: Bool, wasRight: Bool)] = []
  let pass = try reconciler.pass(
    aboutFiles,
    found: { files, areAll in
      let drifted = files.filter { $0.drift != nil }.map(\.path)
      found.append((drifted, areAll, (try? node.text(blacklist)) == ""))
    })
  #expect(found.map(\.paths) == [[blacklist], []])
  #expect(found.map(\.areAll) == [false, true])
  #expect(found.map(\.wasRight) == [false, true])
  #expect(pass.observation.outcomes.map(\.step.path) == [blacklist])
}

@Test func whatCouldNotBePutRightIsNotTriedTwiceInAPass() throws {
  let node = NodeInMemory()
  var reconciler = try node.convergedReconciler()
  node.files.plant(blacklist, "blacklist sctp\n")
  node.files.fail(
    .write, blacklist, with: FileFailure(.write, blacklist, errno: 28, reason: .noSpace, message: "full"))
  let pass = try reconciler.pass(aboutFiles)
  #expect(pass.observation.outcomes.count == 1 && !pass.isOvertaken)
}

@Test func theIntentDirectoryReplacesTheBuiltInIntent() throws {
  let node = NodeInMemory()
  node.files.plant(
    "/etc/sctp-agent/intent.d/x.yaml",
    """
    apiVersion: machineconfiguration.openshift.io/v1
    kind: MachineConfig
    metadata: {name: mine, labels: {machineconfiguration.openshift.io/role: worker}}
    spec: {config: {ignition: {version: 3.2.0}, storage: {files: [
      {path: /etc/modules-load.d/mine.conf, mode: 420, contents: {source: "data:,sctp%0A"}}]}}}
    """)
  let reconciler = try node.reconciler()
  #expect(reconciler.intent.state?.machineConfigs == ["mine"])
}

@Test func whatTheMachineConfigDaemonManagesIsGivenItsOwnBytesOnly() throws {
  let node = NodeInMemory()
  node.files.plant(
    "/etc/machine-config-daemon/currentconfig",
    """
    {"apiVersion":"machineconfiguration.openshift.io/v1","kind":"MachineConfig",\
    "metadata":{"name":"rendered-worker-1"},"spec":{"config":{"ignition":{"version":"3.2.0"},\
    "storage":{"files":[{"path":"\(blacklist)","mode":420,"contents":{"source":"data:,blacklist%20sctp%0A"}}]}}}}
    """)
  var reconciler = try node.reconciler()
  _ = try reconciler.pass(later)
  #expect(try node.text(blacklist) == "blacklist sctp\n")
}

@Test func nothingIsWrittenWhileTheMachineConfigDaemonHasJustChangedItsConfiguration() throws {
  let node = NodeInMemory()
  let path = "/etc/machine-config-daemon/currentconfig"
  node.files.plant(
    path,
    """
    {"apiVersion":"machineconfiguration.openshift.io/v1","kind":"MachineConfig","metadata":{"name":"rendered-worker-1"},\
    "spec":{"config":{"ignition":{"version":"3.2.0"}}}}
    """)
  let changed = try #require(try node.files.stamp(path)).modified
  var reconciler = try node.reconciler()
  let held = try reconciler.pass(Reconciler.PassInput(now: changed.adding(seconds: 4)))
  #expect(held.heldUntil == changed.adding(seconds: 5))
  #expect(held.observation.hold != nil)
  #expect(try node.text(blacklist) == "# stock\nblacklist sctp\n")
  var event = Reconciler.PassInput(now: changed.adding(seconds: 4))
  event.isAboutFiles = true
  #expect(try reconciler.pass(event).heldUntil == changed.adding(seconds: 5))
  #expect(try node.text(blacklist) == "# stock\nblacklist sctp\n")
  let settled = try reconciler.pass(Reconciler.PassInput(now: changed.adding(seconds: 5)))
  #expect(settled.heldUntil == nil)
  #expect(try node.text(blacklist) == "")
}
