import Glibc
import LinuxNode
import MachineIntent
import NodeAgent
import NodeTesting
import Reconcile
import Testing

/// Each test waits for the event itself; the deadline is only there so that a lost event fails instead of hanging.
@Suite struct InotifyChangesTests {
  private static let managed = "/etc/modprobe.d/sctp-blacklist.conf"

  private func wait(_ changes: InotifyChanges) -> Set<Wake> { changes.wait(until: .now + .seconds(5)) }

  /// What is left of a burst is taken, so that the next event is the one under test.
  private func settle(_ changes: InotifyChanges) {
    while changes.wait(until: .now) != [.deadline] {}
  }

  struct Drift: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let change: @Sendable (TemporaryRoot) -> Void

    init(_ name: String, _ change: @escaping @Sendable (TemporaryRoot) -> Void) {
      testDescription = name
      self.change = change
    }

    static let path = InotifyChangesTests.managed

    static let all = [
      Drift("content") { $0.plant(path, "blacklist sctp\n") },
      Drift("touch") { precondition(utimes($0.path + path, nil) == 0) },
      Drift("rename") { precondition(rename($0.path + path, $0.path + path + ".old") == 0) },
      Drift("delete") { precondition(unlink($0.path + path) == 0) },
      Drift("overwrite") { root in
        root.plant("/etc/new", "x")
        precondition(rename(root.path + "/etc/new", root.path + path) == 0)
      },
      Drift("chmod") { precondition(chmod($0.path + path, 0o600) == 0) },
    ]
  }

  @Test(arguments: Drift.all, [["/etc/modprobe.d"], [managed]])
  func everyDriftWakes(_ drift: Drift, _ watched: [String]) throws {
    let root = TemporaryRoot()
    root.plant(Self.managed, "")
    let changes = try InotifyChanges(root: root.path)
    #expect(changes.watch(node: watched, own: []).isEmpty)
    drift.change(root)
    #expect(wait(changes) == [.filesChanged])
  }

  @Test(.enabled(if: MountNamespace.isAllowed, "needs the right to mount (root)"))
  func `a mount over a watched directory wakes, and its end`() {
    MountNamespace.run {
      let root = TemporaryRoot()
      root.plant(Self.managed, "")
      root.plantDirectory("/elsewhere")
      guard let changes = try? InotifyChanges(root: root.path) else {
        Issue.record("there are no changes to wait for")
        return
      }
      #expect(changes.watch(node: ["/etc/modprobe.d", "/run/modprobe.d"], own: []).isEmpty)
      self.settle(changes)
      #expect(MountNamespace.mountTemporary(root.path + "/elsewhere", options: ""))
      #expect(changes.wait(until: .now + .milliseconds(20)) == [.deadline])
      #expect(MountNamespace.mountTemporary(root.path + "/etc/modprobe.d", options: ""))
      #expect(self.wait(changes) == [.filesChanged])
      self.settle(changes)
      root.plant(Self.managed, "blacklist sctp\n")
      #expect(self.wait(changes) == [.filesChanged])
      self.settle(changes)
      #expect(MountNamespace.unmount(root.path + "/etc/modprobe.d"))
      #expect(self.wait(changes) == [.filesChanged])
      self.settle(changes)
      root.plant(Self.managed, "blacklist sctp\n")
      #expect(self.wait(changes) == [.filesChanged])
      #expect(MountNamespace.unmount(root.path + "/elsewhere"))
    }
  }

  @Test(.enabled(if: MountNamespace.isAllowed, "needs the right to mount (root)"))
  func `an event in a directory that is mounted at a second path says nothing about where it happened`() {
    MountNamespace.run {
      let root = TemporaryRoot()
      root.plant("/usr/lib/modprobe.d/a.conf", "")
      root.plantDirectory("/lib/modprobe.d")
      #expect(MountNamespace.bind(root.path + "/usr/lib/modprobe.d", at: root.path + "/lib/modprobe.d"))
      guard let changes = try? InotifyChanges(root: root.path) else {
        Issue.record("there are no changes to wait for")
        return
      }
      #expect(changes.watch(node: ["/lib/modprobe.d", "/usr/lib/modprobe.d"], own: []).isEmpty)
      _ = changes.takeChangedEntries()
      root.plant("/usr/lib/modprobe.d/a.conf", "blacklist sctp\n")
      #expect(self.wait(changes) == [.filesChanged])
      #expect(changes.takeChangedEntries() == nil)
      #expect(MountNamespace.unmount(root.path + "/lib/modprobe.d"))
    }
  }

  @Test func `writing to a file that nobody reads wakes nobody`() throws {
    let root = TemporaryRoot()
    root.plant("/etc/modprobe.d/some.log", "")
    root.plant("/lib/modules/5.14.0/modules.dep", "")
    let changes = try InotifyChanges(root: root.path)
    #expect(changes.watch(node: ["/etc/modprobe.d", "/lib/modules/5.14.0"], own: []).isEmpty)
    root.plant("/etc/modprobe.d/some.log", "x")
    root.plant("/etc/modprobe.d/.some.conf.swp", "x")
    precondition(unlink(root.path + "/etc/modprobe.d/.some.conf.swp") == 0)
    #expect(changes.wait(until: .now + .milliseconds(20)) == [.deadline])
    root.plant("/lib/modules/5.14.0/modules.dep", "x")
    #expect(wait(changes) == [.filesChanged])
    settle(changes)
    precondition(rename(root.path + "/etc/modprobe.d/some.log", root.path + "/etc/modprobe.d/some.conf") == 0)
    #expect(wait(changes) == [.filesChanged])
    settle(changes)
    root.plant("/etc/modprobe.d/some.conf", "y")
    #expect(wait(changes) == [.filesChanged])
  }

  @Test(
    .enabled(
      if: (try? InotifyChanges(root: "/"))?.hearsModules == true, "this network namespace has no kernel messages"))
  func `the entries that changed are named unless anything else may have changed`() throws {
    let root = TemporaryRoot()
    root.plant(Self.managed, "")
    root.plant("/lib/modules/5.14.0/modules.dep", "")
    let changes = try InotifyChanges(root: root.path, modules: "/lib/modules/5.14.0")
    root.plant("/usr/lib/modprobe.d/a.conf", "")
    root.plantLink("/run", to: "usr/lib")
    let directories = ["/etc/modprobe.d", "/run/modprobe.d", "/usr/lib/modprobe.d", "/lib/modules/5.14.0"]
    #expect(changes.watch(node: directories, own: []).isEmpty)
    // What happened before the first call is not known.
    #expect(changes.takeChangedEntries() == nil)
    #expect(changes.takeChangedEntries() == [])
    let changed = { (act: () -> Void) -> Set<String>? in
      act()
      #expect(self.wait(changes) == [.filesChanged])
      self.settle(changes)
      return changes.takeChangedEntries()
    }
    #expect(changed { root.plant(Self.managed, "blacklist sctp\n") } == [Self.managed])
    #expect(changed { root.plant("/lib/modules/5.14.0/modules.dep", "x") } == nil)
    #expect(changed { precondition(unlink(root.path + Self.managed) == 0) } == [Self.managed])
    // Both paths lead there.
    let vendor = { root.plant("/usr/lib/modprobe.d/b.conf", "") }
    #expect(changed(vendor) == ["/run/modprobe.d/b.conf", "/usr/lib/modprobe.d/b.conf"])
    // No path can name this one.
    let raw = Array((root.path + "/etc/modprobe.d/").utf8CString.dropLast()) + [-1] + Array(".conf".utf8CString)
    #expect(changed { close(creat(raw, 0o644)) } == nil)
    let many = { for number in 0..<100 { root.plant("/etc/modprobe.d/\(number).conf", "") } }
    #expect(changed(many) == nil)
    #expect(changed { precondition(rename(root.path + "/lib/modules", root.path + "/lib/old") == 0) } == nil)
    #expect(changed { precondition(rename(root.path + "/etc/modprobe.d", root.path + "/etc/old") == 0) } == nil)
    // Both kinds at once, of which one is forgotten.
    root.plant("/etc/modprobe.d/new.conf", "")
    root.plant("/lib/modules/5.14.0/modules.dep", "")
    _ = wait(changes)
    settle(changes)
    _ = changes.takeChangedEntries()
    root.plant("/lib/modules/5.14.0/modules.dep", "y")
    changes.forgetFileChanges(in: ["/lib/modules/5.14.0"])
    #expect(changes.takeChangedEntries() == nil)
    #expect(changes.takeChangedEntries() == [])
  }

  @Test func readingWakesNobody() throws {
    let root = TemporaryRoot()
    root.plant(Self.managed, "blacklist sctp\n")
    let changes = try InotifyChanges(root: root.path)
    #expect(changes.watch(node: ["/etc/modprobe.d", "/run/modprobe.d"], own: []).isEmpty)
    _ = try root.list("/etc/modprobe.d")
    #expect(changes.wait(until: .now + .milliseconds(20)) == [.deadline])
  }

  @Test func aNeighbourOfAWatchedFileWakesNobody() throws {
    let root = TemporaryRoot()
    root.plant("/etc/passwd", "")
    let changes = try InotifyChanges(root: root.path)
    #expect(changes.watch(node: ["/etc/passwd"], own: []).isEmpty)
    root.plant("/etc/other", "x")
    #expect(changes.wait(until: .now + .milliseconds(20)) == [.deadline])
    root.plant("/etc/passwd", "x")
    #expect(wait(changes) == [.filesChanged])
  }

  @Test func whatDoesNotExistIsNoticedWhenItAppears() throws {
    let root = TemporaryRoot()
    let changes = try InotifyChanges(root: root.path)
    #expect(changes.watch(node: ["/usr/local/lib/modprobe.d"], own: []).isEmpty)
    root.plantDirectory("/usr")
    #expect(wait(changes) == [.filesChanged])
    root.plantDirectory("/usr/local/lib/modprobe.d")
    #expect(wait(changes) == [.filesChanged])
    settle(changes)
    root.plant("/usr/local/lib/modprobe.d/a.conf", "blacklist sctp\n")
    #expect(wait(changes) == [.filesChanged])
  }

  @Test(arguments: ["/etc/modprobe.d", "/etc"])
  func aReplacedDirectoryIsWatchedAnew(_ replaced: String) throws {
    let root = TemporaryRoot()
    root.plant(Self.managed, "")
    let changes = try InotifyChanges(root: root.path)
    #expect(changes.watch(node: ["/etc/modprobe.d"], own: []).isEmpty)
    precondition(rename(root.path + replaced, root.path + "/old") == 0)
    #expect(wait(changes) == [.filesChanged])
    root.plantDirectory("/etc/modprobe.d")
    #expect(wait(changes) == [.filesChanged])
    settle(changes)
    root.plant(Self.managed, "blacklist sctp\n")
    #expect(wait(changes) == [.filesChanged])
  }

  @Test func aRemovedTreeIsWatchedAgainWhenItIsBack() throws {
    let root = TemporaryRoot()
    root.plant(Self.managed, "")
    let changes = try InotifyChanges(root: root.path)
    #expect(changes.watch(node: ["/etc/modprobe.d"], own: []).isEmpty)
    for _ in 0..<3 {
      root.takeAway("/etc")
      #expect(wait(changes) == [.filesChanged])
      settle(changes)
      root.plant(Self.managed, "blacklist sctp\n")
      #expect(wait(changes) == [.filesChanged])
      settle(changes)
      precondition(chmod(root.path + Self.managed, 0o600) == 0)
      #expect(wait(changes) == [.filesChanged])
    }
  }

  @Test func aConfigMapsSwapOfItsLinkWakes() throws {
    let root = TemporaryRoot()
    root.plant("/intent.d/..2026_01/sctp.yaml", "old")
    root.plantLink("/intent.d/..data", to: "..2026_01")
    root.plantLink("/intent.d/sctp.yaml", to: "..data/sctp.yaml")
    let changes = try InotifyChanges(root: root.path)
    #expect(changes.watch(node: ["/intent.d/sctp.yaml"], own: []).isEmpty)
    for generation in 2...4 {
      root.plant("/intent.d/..2026_0\(generation)/sctp.yaml", "new \(generation)")
      root.plantLink("/intent.d/..data_tmp", to: "..2026_0\(generation)")
      settle(changes)
      precondition(rename(root.path + "/intent.d/..data_tmp", root.path + "/intent.d/..data") == 0)
      #expect(wait(changes) == [.filesChanged])
      settle(changes)
      root.plant("/intent.d/..2026_0\(generation)/sctp.yaml", "edited in place")
      #expect(wait(changes) == [.filesChanged])
    }
  }

  @Test func theTargetOfALinkInAWatchedDirectoryCounts() throws {
    let root = TemporaryRoot()
    root.plant("/opt/site.conf", "")
    root.plantDirectory("/etc/modprobe.d")
    let changes = try InotifyChanges(root: root.path)
    #expect(changes.watch(node: ["/etc/modprobe.d"], own: []).isEmpty)
    root.plantLink("/etc/modprobe.d/site.conf", to: "/opt/site.conf")
    #expect(wait(changes) == [.filesChanged])
    settle(changes)
    root.plant("/opt/site.conf", "blacklist sctp\n")
    #expect(wait(changes) == [.filesChanged])
  }

  @Test func anOverflowOfTheQueueIsAReasonToLook() throws {
    let root = TemporaryRoot()
    root.plant(Self.managed, "")
    let changes = try InotifyChanges(root: root.path)
    #expect(changes.watch(node: ["/etc/modprobe.d"], own: []).isEmpty)
    let limit = try LinuxFiles(root: "/proc").read("/sys/fs/inotify/max_queued_events", limit: 100) ?? []
    let events = try #require(Int(String(decoding: limit.dropLast(), as: UTF8.self)))
    let passing = root.path + "/etc/modprobe.d/passing"
    // Two events a turn, never the same one twice in a row, which the kernel would merge.
    for _ in 0...(events / 2) {
      symlink("/dev/null", passing)
      unlink(passing)
    }
    #expect(wait(changes) == [.filesChanged])
    settle(changes)
    precondition(chmod(root.path + Self.managed, 0o600) == 0)
    #expect(wait(changes) == [.filesChanged])
  }

  @Test func whatCannotBeWatchedIsNamed() throws {
    let root = TemporaryRoot()
    root.plantLink("/loop", to: "loop")
    let changes = try InotifyChanges(root: root.path)
    let failures = changes.watch(node: ["/loop/x", "/etc"], own: [])
    #expect(failures.map(\.path) == ["/loop/x"])
    #expect(failures.first?.message.contains("ELOOP") == true)
    // What is not watched may be anything.
    for _ in 1...2 { #expect(changes.takeChangedEntries() == nil) }
  }

  @Test func whatIsForgottenWakesNobodyAndWhatComesAfterwardsDoes() throws {
    let root = TemporaryRoot()
    root.plant(Self.managed, "")
    let changes = try InotifyChanges(root: root.path)
    #expect(changes.watch(node: ["/etc/modprobe.d"], own: []).isEmpty)
    root.plant(Self.managed, "blacklist sctp\n")
    changes.forgetFileChanges(in: ["/etc/modprobe.d"])
    #expect(changes.wait(until: .now + .milliseconds(20)) == [.deadline])
    root.plant(Self.managed, "")
    #expect(wait(changes) == [.filesChanged])
  }

  @Test(arguments: [false, true])
  func `a change elsewhere is not forgotten with what the agent has changed itself`(isLinked: Bool) throws {
    let root = TemporaryRoot()
    root.plant("/etc/sctp-agent/intent.d/a.yaml", "one")
    if isLinked {
      root.plant("/usr/modprobe.d/sctp-blacklist.conf", "")
      root.plantLink("/etc/modprobe.d", to: "../usr/modprobe.d")
    } else {
      root.plant(Self.managed, "")
    }
    let changes = try InotifyChanges(root: root.path)
    #expect(changes.watch(node: ["/etc/modprobe.d"], own: [root.path + "/etc/sctp-agent/intent.d"]).isEmpty)
    root.plant(Self.managed, "blacklist sctp\n")
    changes.forgetFileChanges(in: ["/etc/modprobe.d", "/nowhere/modprobe.d"])
    #expect(changes.wait(until: .now + .milliseconds(20)) == [.deadline])
    root.plant(Self.managed, "")
    root.plant("/etc/sctp-agent/intent.d/a.yaml", "two")
    changes.forgetFileChanges(in: ["/etc/modprobe.d"])
    #expect(changes.wait(until: .now + .seconds(5)) == [.filesChanged])
    #expect(changes.wait(until: .now + .milliseconds(20)) == [.deadline])
  }

  @Test func aDirectoryThatWasReplacedAndForgottenIsWatchedAnew() throws {
    let root = TemporaryRoot()
    root.plant(Self.managed, "")
    let changes = try InotifyChanges(root: root.path)
    #expect(changes.watch(node: ["/etc/modprobe.d"], own: []).isEmpty)
    precondition(rename(root.path + "/etc/modprobe.d", root.path + "/etc/old") == 0)
    root.plantDirectory("/etc/modprobe.d")
    changes.forgetFileChanges(in: ["/etc/modprobe.d"])
    #expect(changes.wait(until: .now + .milliseconds(20)) == [.deadline])
    root.plant(Self.managed, "blacklist sctp\n")
    #expect(wait(changes) == [.filesChanged])
  }

  @Test func aBurstIsOneWake() throws {
    let root = TemporaryRoot()
    root.plantDirectory("/etc/modprobe.d")
    let changes = try InotifyChanges(root: root.path)
    #expect(changes.watch(node: ["/etc/modprobe.d"], own: []).isEmpty)
    for number in 0..<500 { root.plant("/etc/modprobe.d/\(number).conf", "x") }
    #expect(wait(changes) == [.filesChanged])
    #expect(changes.wait(until: .now + .milliseconds(20)) == [.deadline])
  }

  @Test func theDeadlineWakes() throws {
    let changes = try InotifyChanges(root: "/tmp")
    let deadline = ContinuousClock.now + .milliseconds(5)
    #expect(changes.wait(until: deadline) == [.deadline])
    #expect(ContinuousClock.now >= deadline)
    #expect(changes.wait(until: .now - .seconds(1)) == [.deadline])
  }

  @Test func signalsComeAsData() throws {
    let changes = try InotifyChanges(root: "/tmp")
    // To this thread, which is the one that has them blocked.
    pthread_kill(pthread_self(), SIGHUP)
    #expect(wait(changes) == [.reload])
    pthread_kill(pthread_self(), SIGTERM)
    #expect(wait(changes) == [.terminate])
  }

  @Test func aSignalThatWasAskedForIsStillTold() throws {
    let changes = try InotifyChanges(root: "/tmp")
    #expect(!changes.isTerminating)
    pthread_kill(pthread_self(), SIGHUP)
    #expect(!changes.isTerminating)
    pthread_kill(pthread_self(), SIGTERM)
    #expect(changes.isTerminating && changes.isTerminating)
    #expect(wait(changes) == [.reload, .terminate])
    #expect(!changes.isTerminating)
  }

  /// The place where a made-up event of a module that is there can be asked for
  /// (Documentation/ABI/testing/sysfs-uevent), if anywhere.
  private static let uevent: String? = {
    let modules = (try? LinuxFiles(root: "/").names(in: "/sys/module")) ?? nil
    return modules?.map { "/sys/module/\($0)/uevent" }.first { access($0, W_OK) == 0 }
  }()

  @Test(.enabled(if: uevent != nil, "needs a module of this kernel with an uevent file that can be written"))
  func aModuleUeventWakes() throws {
    let changes = try InotifyChanges(root: "/tmp")
    let file = open(try #require(Self.uevent), O_WRONLY)
    defer { close(file) }
    #expect(write(file, "add", 3) == 3)
    #expect(wait(changes) == [.modulesChanged])
  }
}
