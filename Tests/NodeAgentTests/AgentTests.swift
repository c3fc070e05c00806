import Logging
import MachineIntent
import Modprobe
import NodeAgent
import NodeTesting
import Reconcile
import Synchronization
import Testing

private let features = FeatureFile(directory: "/features.d", resync: 60)

@Suite struct AgentTests {
  @Test func `the first pass is ready and the service manager hears it`() throws {
    let (documents, said) = try runAgent(NodeInMemory(), [])
    #expect(documents.map(\.ready) == [true])
    #expect(said.contains(.ready))
    #expect(said.last == .stopping)
  }

  @Test func `drift is repaired at once and counted`() throws {
    let node = NodeInMemory()
    let (documents, _) = try runAgent(node, [([.filesChanged], { node.files.plant(blacklist, "drift\n") })])
    #expect(documents.last?.drift.total == 1)
    #expect(documents.last?.ready == true)
    #expect(try node.text(blacklist) == "")
  }

  @Test func `a path that is rewritten again and again is contended`() throws {
    let node = NodeInMemory()
    let fight: Turn = ([.filesChanged], { node.files.plant(blacklist, "blacklist sctp\n") })
    let (documents, _) = try runAgent(node, Array(repeating: fight, count: 8))
    let file = documents.last?.files.first { $0.path == blacklist }
    #expect(file?.state == .contended)
    #expect(try node.text(blacklist) == "blacklist sctp\n")
  }

  @Test func `a contention whose repair fails is retried no more often than any failure`() throws {
    let node = NodeInMemory()
    let clock = SteppingClock()
    let fight: Turn = ([.filesChanged], { node.files.plant(blacklist, "blacklist sctp\n") })
    let fails: Turn = (
      [.deadline],
      {
        node.files.fail(
          .write, blacklist, with: FileFailure(.write, blacklist, errno: 28, reason: .noSpace, message: "no space left")
        )
        clock.advance(bySeconds: 70)
      }
    )
    var sleeps: [Duration] = []
    let (documents, _) = try runAgent(
      node, Array(repeating: fight, count: 8) + Array(repeating: fails, count: 6), clock: clock
    ) { changes in
      changes.waiting = { deadline in
        let now = clock.instant(clock.monotonic)
        sleeps.append(deadline.map { now.duration(to: $0) } ?? .seconds(3600))
      }
    }
    #expect(documents.last?.files.first { $0.path == blacklist }?.state == .failed)
    #expect(sleeps.count == 15)
    #expect(sleeps.allSatisfy { $0 > .zero })
  }

  @Test func `a back-off that ends during a pass takes effect at once`() throws {
    let node = NodeInMemory()
    let clock = SteppingClock()
    let fight: Turn = ([.filesChanged], { node.files.plant(blacklist, "blacklist sctp\n") })
    var changes: ScriptedChanges?
    let slow: Turn = (
      [.filesChanged],
      {
        node.files.plant(blacklist, "blacklist sctp\n")
        node.files.plant(loadFile, "drift")
        changes?.meanwhile = [{ clock.advance(bySeconds: 40) }]
      }
    )
    let again: Turn = ([.deadline], {})
    var sleeps: [Duration] = []
    _ = try runAgent(node, Array(repeating: fight, count: 6) + [slow, again], clock: clock) { scripted in
      changes = scripted
      scripted.waiting = { deadline in
        let now = clock.instant(clock.monotonic)
        sleeps.append(deadline.map { now.duration(to: $0) } ?? .seconds(3600))
      }
    }
    #expect(sleeps.suffix(2).first.map { $0 <= .zero } == true)
    #expect(try node.text(blacklist) == "")
  }

  @Test func `every step of a pass is progress`() throws {
    let node = NodeInMemory()
    let mark = CountingMark { [files = node.files, kernel = node.kernel, probe = node.probe] in
      [files.changes.count { $0.hasPrefix("write /etc/") }, kernel.asked.count, probe.asked]
    }
    let (_, said) = try runAgent(node, [], progress: mark, watchdogInterval: .milliseconds(1))
    // Before each of two files, a module and a probe of each family.
    let steps = [[0, 0, 0], [1, 0, 0], [2, 0, 0], [2, 1, 0], [2, 1, 1]]
    #expect(mark.done.withLock { done in steps.filter { !done.contains($0) } } == [])
    let ready = try #require(said.firstIndex(of: .ready))
    #expect(said[..<ready].filter { $0 == .watchdog }.count > 1)
  }

  @Test func `modules are looked at again after an event that concerns them`() throws {
    for (concerns, expected) in [(true, "going"), (false, "live")] {
      let node = NodeInMemory()
      let drift: Turn = (
        [.filesChanged],
        {
          node.files.plant("/etc/modprobe.d/other.conf", "# \(concerns)\n")
          node.sys.plant("/module/sctp/initstate", "going\n")
        }
      )
      let (documents, _) = try runAgent(
        node, [drift], prepare: { $0.changedEntries = concerns ? nil : ["/etc/modprobe.d/other.conf"] })
      #expect(documents.last?.modules.first { $0.name == "sctp" }?.state.rawValue == expected)
    }
  }

  @Test func `the watchdog is fed no more often than it has to`() throws {
    let (_, said) = try runAgent(
      NodeInMemory(), Array(repeating: ([.filesChanged], {}), count: 20), watchdogInterval: .seconds(3600))
    #expect(said.filter { $0 == .watchdog }.count == 1)
  }

  @Test func `a module event that comes with a reload asks for a probe`() throws {
    let node = NodeInMemory()
    _ = try runAgent(node, [([.reload], {}), ([.reload, .modulesChanged], {})])
    #expect(node.probe.asked == 4)
  }

  @Test func `what a pass did before it failed is logged and counted`() throws {
    let node = NodeInMemory()
    let log = KeptLog.Lines()
    let fails: Turn = (
      [.filesChanged],
      {
        node.files.plant(blacklist, "drift")
        node.files.fail(
          .read, "/lib/modules/5.14.0/modules.dep", with: denied(.read, "/lib/modules/5.14.0/modules.dep"))
      }
    )
    let recovers: Turn = (
      [.filesChanged], { node.files.fail(.read, "/lib/modules/5.14.0/modules.dep", with: nil) }
    )
    let (documents, _) = try runAgent(node, [fails, fails, recovers], log: log)
    #expect(documents.map(\.ready) == [true, false, false, true])
    #expect(documents.last?.files.first { $0.path == blacklist }?.repairs == 3)
    let lines = log.all.withLock { $0 }
    #expect(lines.filter { $0.hasPrefix("notice done: write \(blacklist)") }.count == 3)
    #expect(lines.filter { $0.hasPrefix("warning unknown, because ") }.count == 1)
  }

  @Test func `a reload is announced and ended`() throws {
    let (_, said) = try runAgent(NodeInMemory(), [([.reload], {})])
    let reloading = try #require(said.firstIndex(of: .reloading))
    #expect(said[reloading...].contains(.ready))
  }

  @Test func `the loop rests after its start and after a pass that only a timer caused`() throws {
    var rests: [Int] = []
    var waits = 0
    let wait: (Set<Wake>) -> Turn = { wakes in (wakes, { waits += 1 }) }
    _ = try runAgent(
      NodeInMemory(), [wait([.filesChanged]), wait([]), wait([.modulesChanged]), wait([.reload])],
      resync: .milliseconds(1), rest: { rests.append(waits) })
    #expect(rests == [0, 2])
  }

  @Test func `the feature file exists while the node is ready and is removed at the stop`() throws {
    let node = NodeInMemory()
    node.files.plantDirectory("/features.d")
    var seen: [Bool] = []
    let look = { seen.append(((try? node.text(features.path)) ?? nil) != nil) }
    _ = try runAgent(
      node,
      [
        ([.filesChanged], look),
        (
          [.modulesChanged],
          {
            look()
            node.sys.plant("/module/sctp/initstate", "going\n")
          }
        ),
        ([.filesChanged], look),
      ], features: features)
    #expect(seen.first == true)
    #expect(try node.text(features.path) == nil)
    #expect(node.files.changes.filter { $0.hasSuffix(features.path) }.last == "remove \(features.path)")
  }

  @Test func `observing only writes no feature file`() throws {
    let node = NodeInMemory()
    node.files.plantDirectory("/features.d")
    _ = try runAgent(node, [], features: features, observeOnly: true)
    #expect(node.files.changes == [])
  }

  @Test func `a feature directory that is missing does not make the node less ready`() throws {
    let (documents, _) = try runAgent(NodeInMemory(), [([.filesChanged], {})], features: features)
    #expect(documents.map(\.ready) == [true, true])
  }

  @Test func `a ledger that cannot be read is reported and recovered from`() throws {
    let node = NodeInMemory()
    _ = node.denyLedger()
    let (documents, said) = try runAgent(node, [([.filesChanged], { node.files.fail(.read, Ledger.path, with: nil) })])
    #expect(documents.map(\.ready) == [false, true])
    #expect(documents.first?.reason == .permissionDenied)
    #expect(documents.first?.message.contains(Ledger.path) == true)
    #expect(said.contains(.ready))
  }

  @Test func `the sixth repair in a minute makes a contention`() throws {
    let node = NodeInMemory()
    let fight: Turn = ([.filesChanged], { node.files.plant(blacklist, "blacklist sctp\n") })
    func state(after turns: Int) throws -> StatusDocument.File.State? {
      try runAgent(node, Array(repeating: fight, count: turns)).documents.last?.files.first { $0.path == blacklist }?
        .state
    }
    // The first repair is that of the start.
    #expect(try state(after: 4) == .inSync)
    node.files.plant(blacklist, "blacklist sctp\n")
    #expect(try state(after: 5) == .contended)
  }

  @Test func `what changes while the pass is under way is repaired without an event`() throws {
    let node = NodeInMemory()
    let (documents, _) = try runAgent(node, [([.deadline], {})]) { changes in
      changes.meanwhile = [{ node.files.plant(blacklist, "blacklist sctp\n") }]
    }
    #expect(documents.map(\.ready) == [false, true])
    #expect(try node.text(blacklist) == "")
  }

  @Test func `nothing is changed and no half look is reported after termination`() throws {
    var wasWhole = false
    for questions in 0..<500 where !wasWhole {
      let node = NodeInMemory()
      for index in 0..<20 { node.files.plant("/usr/lib/sysctl.d/\(index).conf", "kernel.modules_disabled = 0\n") }
      var asked = 0
      var changesThen: [String]?
      let (documents, said) = try runAgent(node, []) { changes in
        changes.terminates = {
          asked += 1
          if asked == questions + 1 { changesThen = node.files.changes }
          return asked > questions
        }
      }
      wasWhole = asked <= questions
      if let changesThen { #expect(node.files.changes == changesThen, "stopped at question \(asked)") }
      #expect(!documents.contains { $0.reason == .notObserved }, "stopped at question \(asked)")
      #expect(said.last == .stopping)
    }
    #expect(wasWhole)
  }

  @Test func `termination finishes the current write and nothing more`() throws {
    let node = NodeInMemory()
    _ = try runAgent(node, []) { $0.terminates = { node.hasChangedFile } }
    #expect(
      try [node.text(blacklist), node.text(loadFile)].compactMap(\.self).filter { !$0.hasPrefix("#") }.count == 1)
    #expect(node.kernel.asked.isEmpty)
  }

  @Test(arguments: [false, true])
  func `leftovers of an earlier agent are removed unless nothing may be changed`(observeOnly: Bool) throws {
    let node = NodeInMemory()
    let leftover = "/etc/modprobe.d/.sctp-agent.1x.tmp"
    node.files.plant(leftover, "half a fi")
    let log = KeptLog.Lines()
    _ = try runAgent(node, [], observeOnly: observeOnly, log: log)
    #expect(try (node.text(leftover) == nil) != observeOnly)
    #expect(log.all.withLock { $0.contains { $0.contains("removed leftover \(leftover)") } } != observeOnly)
  }

  @Test func `each problem is logged once however many passes find it`() throws {
    let node = NodeInMemory()
    node.files.fail(
      .write, blacklist, with: FileFailure(.write, blacklist, errno: 28, reason: .noSpace, message: "no space left"))
    var passes: [Turn] = Array(repeating: ([.filesChanged], {}), count: 5)
    passes.append(([.filesChanged], { node.files.fail(.write, blacklist, with: nil) }))
    let log = KeptLog.Lines()
    let (documents, _) = try runAgent(node, passes, log: log)
    #expect(documents.count == 7)
    #expect(documents.last?.ready == true)
    let lines = log.all.withLock { $0 }
    #expect(Set(lines).count == lines.count)
    #expect(lines.contains { $0.hasPrefix("error ") && $0.contains("no space left") })
  }

  @Test func `a new unmanaged file that blocks a wanted module is drift`() throws {
    let node = NodeInMemory()
    let foreign = "/etc/modprobe.d/hardening.conf"
    let (documents, _) = try runAgent(node, [([.filesChanged], { node.files.plant(foreign, "blacklist sctp\n") })])
    #expect(documents.last?.drift.total == 1)
    #expect(documents.last?.drift.lastPath == foreign)
    #expect(
      documents.last?.files.contains { $0.path == foreign && $0.state == .inSync && $0.owner == .override } == true)
  }

  @Test func `a load that does not end is reported and does not block the agent`() throws {
    let node = NodeInMemory(.hangs(since: Timestamp(milliseconds: 4_000_000_000_000)))
    let drift: Turn = ([.filesChanged], { node.files.plant(blacklist, "drift\n") })
    let ends: Turn = ([.modulesChanged], { node.kernel.set(ModuleName("sctp"), to: .loads) })
    let (documents, _) = try runAgent(node, [drift, ends])
    let reasons = documents.map { $0.conditions.first { $0.type == .moduleLoaded }?.reason }
    #expect(reasons == [.loading, .loading, .loaded])
    // It is asked for once, and again when the first one has ended.
    #expect(node.kernel.asked.count == 2)
    #expect(try node.text(blacklist) == "")
  }

  @Test func `a fight is logged once a back-off`() throws {
    let node = NodeInMemory()
    let fight: Turn = ([.filesChanged], { node.files.plant(blacklist, "blacklist sctp\n") })
    // A writer that truncates the file first leaves it for a moment as it is declared.
    let truncation: Turn = ([.filesChanged], { node.files.plant(blacklist, "") })
    let log = KeptLog.Lines()
    _ = try runAgent(
      node, Array(repeating: fight, count: 8) + Array(repeating: [truncation, fight], count: 100).joined(), log: log)
    let lines = log.all.withLock { $0 }
    #expect(lines.count { $0.contains("drift: ") } < 10)
    #expect(lines.count < 40, "\(lines.suffix(10))")
  }

  @Test func `what a killed agent took out of a path is kept, and what the ledger knows is not kept twice`() throws {
    let node = NodeInMemory()
    _ = try runAgent(node, [])
    node.files.plant("/etc/modprobe.d/.sctp-agent.1.tmp", "# theirs\n")
    node.files.plant("/etc/modprobe.d/.sctp-agent.2.tmp", "half a fi", mode: FileMode(0o200))
    node.files.plant("/etc/modprobe.d/.sctp-agent.3.tmp", "# stock\nblacklist sctp\n")
    node.files.plant("/etc/modules-load.d/.sctp-agent.4.tmp", "sctp")
    let log = KeptLog.Lines()
    _ = try runAgent(node, [], log: log)
    let kept = try node.files.list("\(Ledger.directory)/displaced")?.entries ?? []
    #expect(kept.map(\.contents) == [Array("# theirs\n".utf8)])
    #expect(try node.files.names(in: "/etc/modprobe.d") == ["sctp-blacklist.conf"])
    let lines = log.all.withLock { $0 }
    #expect(lines.count { $0.contains("removed leftover ") } == 4)
    #expect(lines.count { $0.contains("kept the bytes of leftover /etc/modprobe.d/.sctp-agent.1.tmp as ") } == 1)
  }

  @Test func `whoever stops does not look again`() throws {
    let node = NodeInMemory()
    var looks = 0
    _ = try runAgent(node, []) { changes in
      changes.terminates = { node.hasChangedFile }
      changes.meanwhile = [{ looks += 1 }]
    }
    #expect(looks == 0)
  }
}
