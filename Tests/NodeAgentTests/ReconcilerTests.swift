import MachineIntent
import Modprobe
import NodeAgent
import NodeTesting
import Reconcile
import Testing

private let later = Reconciler.PassInput(now: Timestamp(milliseconds: 4_000_000_000_000))

/// The same after an event about files and nothing else.
private let aboutFiles = event(about: nil)

/// The same after events about these entries only; nil if anything else may have changed.
private func event(about entries: [String]?) -> Reconciler.PassInput {
  Reconciler.PassInput(now: later.now, isAboutFiles: true, changedEntries: entries.map { Set($0) })
}

extension NodeInMemory {
  fileprivate func convergedReconciler() throws -> Reconciler {
    var reconciler = try reconciler()
    _ = reconciler.pass(later)
    return reconciler
  }

  /// Puts an intent with one load file into the intent directory.
  fileprivate func plantIntent(account: String = "") {
    files.plant(
      "/etc/sctp-agent/intent.d/x.yaml",
      """
      apiVersion: machineconfiguration.openshift.io/v1
      kind: MachineConfig
      metadata: {name: mine, labels: {machineconfiguration.openshift.io/role: worker}}
      spec: {config: {ignition: {version: 3.2.0}, storage: {files: [
        {path: /etc/modules-load.d/mine.conf, mode: 420, \(account) contents: {source: "data:,sctp%0A"}}]}}}
      """)
  }
}

@Suite struct UnknownFactsTests {
  private static let tree = "/lib/modules/5.14.0"

  /// Something that cannot be read, and what of the node goes on to be known.
  struct Fact: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// The condition in which it shows; nil if it is only noted.
    let condition: Condition.Kind?
    let spoil: @Sendable (NodeInMemory) -> Void

    static let all = [
      Fact(testDescription: "the kernel command line", condition: .unblocked) {
        $0.proc.fail(.read, "/cmdline", with: denied(.read, "/cmdline"))
      },
      Fact(testDescription: "the module index", condition: .unblocked) {
        $0.files.fail(.read, "\(tree)/modules.dep", with: denied(.read, "\(tree)/modules.dep"))
      },
      Fact(testDescription: "the module's file", condition: .unblocked) {
        $0.files.fail(.read, "\(tree)/sctp.ko", with: denied(.read, "\(tree)/sctp.ko"))
      },
      Fact(testDescription: "the state of the module", condition: .unblocked) {
        $0.sys.fail(.read, "/module/sctp/initstate", with: denied(.read, "/module/sctp/initstate"))
      },
      Fact(testDescription: "the mask of systemd-modules-load", condition: .unblocked) {
        let path = "/etc/systemd/system/systemd-modules-load.service"
        $0.files.fail(.read, path, with: denied(.read, path))
      },
      Fact(testDescription: "a lower directory of drop-ins", condition: .unblocked) {
        $0.files.fail(.list, "/usr/lib/modprobe.d", with: denied(.list, "/usr/lib/modprobe.d"))
      },
      Fact(testDescription: "another kernel", condition: nil) {
        $0.files.plant("/lib/modules/5.15.0/modules.dep", "sctp.ko:\n")
        $0.files.fail(.read, "/lib/modules/5.15.0/modules.dep", with: denied(.read, "/lib/modules/5.15.0/modules.dep"))
      },
      Fact(testDescription: "the directory of all kernels", condition: nil) {
        $0.files.fail(.list, "/lib/modules", with: denied(.list, "/lib/modules"))
      },
      Fact(testDescription: "sysctl.d", condition: nil) {
        $0.files.fail(.list, "/etc/sysctl.d", with: denied(.list, "/etc/sysctl.d"))
      },
      Fact(testDescription: "the machine-config daemon's configuration", condition: nil) {
        $0.files.fail(
          .read, "/etc/mcd-currentconfig.json", with: denied(.read, "/etc/mcd-currentconfig.json"))
      },
    ]
  }

  @Test(arguments: Fact.all)
  func `what cannot be read is unknown in its own place, and drift is repaired all the same`(_ fact: Fact) throws {
    let node = NodeInMemory()
    var reconciler = try node.convergedReconciler()
    fact.spoil(node)
    node.files.plant(blacklist, "blacklist sctp\n")
    let pass = reconciler.pass(later)
    #expect(try node.text(blacklist) == "")
    var history = History()
    let document = StatusDocument(
      pass.observation,
      agent: AgentIdentity(
        node: "n", version: "0", mode: "manual", pid: 1, startedAt: later.now, policy: .blacklist, observeOnly: false),
      history: &history)
    #expect(document.conditions.first { $0.type == .filesInSync }?.status == .yes)
    #expect(!document.conditions.contains { $0.reason == .notObserved })
    if let type = fact.condition {
      let condition = document.conditions.first { $0.type == type }
      #expect(condition?.status != .yes)
      #expect(condition?.message.contains("EACCES") == true)
    }
  }

  @Test func `an account that cannot be looked up is not said to be missing`() throws {
    let node = NodeInMemory()
    node.plantIntent(account: "user: {name: tux},")
    node.files.fail(.read, "/etc/passwd", with: denied(.read, "/etc/passwd"))
    var reconciler = try node.reconciler()
    let pass = reconciler.pass(later)
    let file = pass.observation.plan?.files.first { $0.path == "/etc/modules-load.d/mine.conf" }
    #expect(file?.failure == denied(.read, "/etc/passwd"))
  }
}

@Suite struct ReconcilerTests {
  @Test func `one pass enables SCTP and a second changes nothing`() throws {
    let node = NodeInMemory()
    var reconciler = try node.reconciler()
    let pass = reconciler.pass(later)
    #expect(pass.observation.outcomes.allSatisfy { $0.failure == nil })
    #expect(try node.text(blacklist) == "")
    #expect(try node.text(loadFile) == "sctp")
    let changes = node.files.changes
    #expect(reconciler.pass(later).observation.outcomes.isEmpty)
    #expect(node.files.changes == changes)
    #expect(node.kernel.asked == [ModuleName("sctp")])
  }

  @Test func `the ledger is written before the file that it describes`() throws {
    let node = NodeInMemory()
    var reconciler = try node.reconciler()
    _ = reconciler.pass(later)
    let changes = node.files.changes
    let recorded = try #require(changes.firstIndex { $0.contains("ledger.jsonl") })
    let written = try #require(changes.firstIndex { $0.hasSuffix(blacklist) })
    #expect(recorded < written)
  }

  @Test func `a load that pretends to succeed is a failure`() throws {
    let node = NodeInMemory(.pretends)
    var reconciler = try node.reconciler()
    let pass = reconciler.pass(later)
    #expect(pass.observation.outcomes.contains { $0.step == .load(ModuleName("sctp")) && $0.failure != nil })
  }

  @Test func `the file of a refused module is opened to see whether it is damaged`() throws {
    let node = NodeInMemory(.refuses("EINVAL"))
    node.kernel.set("/lib/modules/5.14.0/sctp.ko", to: ModuleInspection(signed: nil, damage: "cut short"))
    var reconciler = try node.reconciler()
    let seen = try #require(reconciler.pass(later).observation.node)
    let verdicts = LoadVerdicts(module: ModuleName("sctp"), node: seen)
    for way in [verdicts.autoload, verdicts.boot, verdicts.explicit] {
      #expect(way.blockedBy.map(\.reason) == [.moduleUnreadable])
    }
  }

  @Test func `a write that fails does not stop the others and is retried`() throws {
    let node = NodeInMemory()
    node.files.fail(
      .write, blacklist, with: FileFailure(.write, blacklist, errno: 28, reason: .noSpace, message: "no space left"))
    var reconciler = try node.reconciler()
    let failed = reconciler.pass(later)
    #expect(failed.observation.outcomes.compactMap(\.failure?.reason) == [.noSpace])
    #expect(try node.text(loadFile) == "sctp")
    node.files.fail(.write, blacklist, with: nil)
    _ = reconciler.pass(later)
    #expect(try node.text(blacklist) == "")
  }

  @Test func `a file that changed since it was observed is left for the next pass`() throws {
    let node = NodeInMemory()
    var reconciler = try node.reconciler()
    let pass = reconciler.pass(later) { _ in node.files.plant(blacklist, "# somebody's work\n") }
    #expect(!pass.observation.outcomes.contains { $0.step.path == blacklist })
    #expect(try node.text(blacklist) == "# somebody's work\n")
  }

  @Test func observeOnlyTouchesNothing() throws {
    let node = NodeInMemory()
    var reconciler = try node.reconciler(observeOnly: true)
    let before = node.files.changes
    _ = reconciler.pass(later)
    #expect(node.files.changes == before)
    #expect(node.kernel.asked.isEmpty)
  }

  @Test func `paths that back off are not repaired`() throws {
    let node = NodeInMemory()
    var reconciler = try node.reconciler()
    var moment = later
    moment.resting = [blacklist]
    _ = reconciler.pass(moment)
    #expect(try node.text(blacklist) == "# stock\nblacklist sctp\n")
    #expect(try node.text(loadFile) == "sctp")
  }

  @Test func `an event about files does not make the agent read the kernel again unless a module is to be loaded`()
    throws
  {
    let node = NodeInMemory()
    var reconciler = try node.convergedReconciler()
    node.proc.plant("/sys/kernel/modules_disabled", "1\n")
    node.files.plant(blacklist, "blacklist sctp\n")
    let repaired = reconciler.pass(aboutFiles)
    #expect(try node.text(blacklist) == "")
    #expect(repaired.observation.node?.kernel.modulesDisabled == false)
    node.sys.takeAway("/module/sctp")
    #expect(reconciler.pass(aboutFiles).observation.node?.kernel.modulesDisabled == true)
    #expect(reconciler.pass(later).observation.node?.kernel.modulesDisabled == true)
  }

  @Test func `an event that leaves modules alone does not make the agent look at them before it repairs`() throws {
    let node = NodeInMemory()
    var reconciler = try node.convergedReconciler()
    var moment = event(about: [blacklist])
    let denied = FileFailure(.read, "/lib/modules", errno: 13, reason: .fileFailure, message: "denied")
    node.files.fail(.read, "/lib/modules/5.14.0/modules.dep", with: denied)
    node.files.plant(blacklist, "blacklist sctp\n")
    let repaired = reconciler.pass(moment)
    #expect(try node.text(blacklist) == "")
    #expect(repaired.observation.node?.unreadModules == [])
    // Nothing is reused for any other reason.
    moment.isAboutFiles = false
    #expect(reconciler.pass(moment).observation.node?.unreadModules == [denied])
    #expect(reconciler.pass(aboutFiles).observation.node?.unreadModules == [denied])
  }

  @Test func `a look before a repair reads only the entries with events, and the look after it reads all`() throws {
    let vendor = "/usr/lib/modprobe.d/a.conf"
    for (changed, edited) in [([blacklist], false), ([blacklist, vendor], true), (nil, true)] {
      let node = NodeInMemory()
      node.files.plant(vendor, "# nothing\n")
      var reconciler = try node.convergedReconciler()
      node.files.plant(blacklist, "blacklist sctp\n")
      node.files.plant(vendor, "blacklist sctp\n")
      let pass = reconciler.pass(event(about: changed))
      #expect(try node.text(blacklist) == "")
      #expect(try node.text("/etc/modprobe.d/a.conf") == (edited ? "# blacklist sctp\n" : nil))
      #expect(pass.isOvertaken == !edited)
    }
  }

  @Test(arguments: [1, 100])
  func `after an event, an entry is added, read again or gone, whatever the size of its directory`(others: Int) throws {
    let node = NodeInMemory()
    for number in 0..<others { node.files.plant("/usr/lib/modprobe.d/\(number).conf", "alias a\(number) b\n") }
    var reconciler = try node.convergedReconciler()
    let path = "/usr/lib/modprobe.d/new.conf"
    func rules(after entries: [String]) -> Int? {
      reconciler.pass(event(about: entries)).observation.node?.configuration.rules.count
    }
    #expect(rules(after: []) == others)
    node.files.plant(path, "alias x y\n")
    #expect(rules(after: ["/usr/lib/modprobe.d/.new.tmp", path]) == others + 1)
    node.files.plant(path, "alias x y\nalias y z\n")
    #expect(rules(after: [path]) == others + 2)
    node.files.takeAway(path)
    #expect(rules(after: [path]) == others)
    // If one entry cannot be read, the directory is listed.
    node.files.plant(path, "alias x y\n")
    node.files.fail(.read, path, with: denied(.read, path))
    #expect(rules(after: [path]) == others + 1)
  }

  @Test func `nothing is changed before the ledger can be read`() throws {
    let node = NodeInMemory()
    let denied = node.denyLedger()
    var reconciler = try node.reconciler()
    for moment in [later, aboutFiles] {
      let pass = reconciler.pass(moment)
      #expect(pass.observation.ledgerFailure == denied && !pass.isOvertaken)
      #expect(pass.observation.outcomes.allSatisfy { $0.step.path == nil })
      #expect(node.files.changes.isEmpty)
    }
    #expect(throws: denied) { _ = try reconciler.look() }
    // Whoever writes nothing need not read it.
    var observing = try node.reconciler(observeOnly: true)
    #expect(observing.pass(later).observation.ledgerFailure == nil)
    node.files.fail(.read, Ledger.path, with: nil)
    #expect(reconciler.pass(later).observation.ledgerFailure == nil)
    #expect(try node.text(blacklist) == "")
  }

  @Test func `what is found is reported once before anything is changed`() throws {
    let node = NodeInMemory()
    var reconciler = try node.convergedReconciler()
    node.files.plant(blacklist, "blacklist sctp\n")
    var found: [(paths: [String], wasRight: Bool)] = []
    let pass = reconciler.pass(
      aboutFiles,
      found: { files in
        found.append((files.filter { $0.drift != nil }.map(\.path), (try? node.text(blacklist)) == ""))
      })
    #expect(found.map(\.paths) == [[blacklist]])
    #expect(found.map(\.wasRight) == [false])
    #expect(pass.observation.outcomes.map(\.step.path) == [blacklist])
  }

  @Test func `a failed repair is not tried twice in a pass`() throws {
    let node = NodeInMemory()
    var reconciler = try node.convergedReconciler()
    node.files.plant(blacklist, "blacklist sctp\n")
    node.files.fail(
      .write, blacklist, with: FileFailure(.write, blacklist, errno: 28, reason: .noSpace, message: "full"))
    let pass = reconciler.pass(aboutFiles)
    #expect(pass.observation.outcomes.count == 1 && !pass.isOvertaken)
  }

  @Test func `the intent directory replaces the built-in intent`() throws {
    let node = NodeInMemory()
    node.plantIntent()
    let reconciler = try node.reconciler()
    #expect(reconciler.intent.state?.machineConfigs == ["mine"])
  }

  @Test func `what the machine-config daemon manages gets only that daemon's bytes`() throws {
    let node = NodeInMemory()
    node.files.plant(
      "/etc/machine-config-daemon/currentconfig",
      """
      {"apiVersion":"machineconfiguration.openshift.io/v1","kind":"MachineConfig",\
      "metadata":{"name":"rendered-worker-1"},"spec":{"config":{"ignition":{"version":"3.2.0"},\
      "storage":{"files":[{"path":"\(blacklist)","mode":420,"contents":{"source":"data:,blacklist%20sctp%0A"}}]}}}}
      """)
    var reconciler = try node.reconciler()
    _ = reconciler.pass(later)
    #expect(try node.text(blacklist) == "blacklist sctp\n")
  }

  @Test func `nothing is written while the machine-config daemon has just changed its configuration`() throws {
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
    let held = reconciler.pass(Reconciler.PassInput(now: changed.adding(seconds: 4)))
    #expect(held.heldUntil == changed.adding(seconds: 5))
    #expect(held.observation.hold != nil)
    #expect(try node.text(blacklist) == "# stock\nblacklist sctp\n")
    var event = Reconciler.PassInput(now: changed.adding(seconds: 4))
    event.isAboutFiles = true
    #expect(reconciler.pass(event).heldUntil == changed.adding(seconds: 5))
    #expect(try node.text(blacklist) == "# stock\nblacklist sctp\n")
    let settled = reconciler.pass(Reconciler.PassInput(now: changed.adding(seconds: 5)))
    #expect(settled.heldUntil == nil)
    #expect(try node.text(blacklist) == "")
  }
}
