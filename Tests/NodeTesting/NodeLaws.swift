import MachineIntent
import Modprobe
package import NodeAgent
package import Reconcile
import Testing

/// What holds on every node, under every policy, and on every kind of files:
/// a plan after a pass is empty but for what has failed; nothing is changed outside the paths that may be; and every
/// change has its inverse in the ledger, so that `revert` brings each byte, mode, owner and link back.
package enum NodeLaws {
  package static func check(
    _ fixture: NodeFixture, on files: any NodeFiles & ManualChanges, _ policy: UnblockPolicy
  ) throws {
    let name = fixture.testDescription
    fixture.plant(on: files)
    let (proc, sys) = (InMemoryFiles(), InMemoryFiles())
    proc.plant("/cmdline", "quiet\n")
    let access = NodePorts(
      files: files, proc: proc, sys: sys, own: files,
      modules: FakeKernel(sysfs: sys, outcomes: [ModuleName("sctp"): .loads]), probe: ProvingProbe(),
      kernelRelease: "5.14.0")
    // Long after whatever was laid out: nothing is held.
    let moment = Reconciler.PassInput(now: Timestamp(milliseconds: 4_000_000_000_000))
    var reconciler = Reconciler(
      access: access, settings: Reconciler.Settings(sources: IntentSources(paths: [], roles: []), policy: policy))
    reconciler.readIntent(at: moment.now)

    let before = try Tree(files)
    let planned = try reconciler.look()?.plan.steps.compactMap(\.path) ?? []
    let pass = reconciler.pass(moment)
    let after = try Tree(files)
    #expect(planned.filter { WritablePath.refusal(of: $0) != nil } == [], "\(name): only drop-ins are planned")
    let changed = before.changes(to: after)
    #expect(changed.isSubset(of: planned), "\(name): only what is planned is changed")
    #expect(proc.changes + sys.changes == [], "\(name): the kernel is only looked at")

    let undoable = Set(try Ledger(files: files).entries().map(\.path))
    let done = pass.observation.outcomes.filter { $0.failure == nil }.map(\.step)
    #expect(undoable.isSuperset(of: changed.union(done.compactMap(\.path))), "\(name): every change is in the ledger")

    let failed = pass.observation.outcomes.filter { $0.failure != nil }.map(\.step)
    #expect(
      try reconciler.look()?.plan.steps.filter { !failed.contains($0) } ?? [] == [], "\(name): nothing is left to do")
    _ = reconciler.pass(moment)
    #expect(after.changes(to: try Tree(files)) == [], "\(name): a second pass changes nothing")

    let revert = Revert(access: access)
    let result = try revert.run()
    let lost = before.entries.filter { $0.value.entry.kind == .fifo }.map(\.key)
    let standing = before.changes(to: try Tree(files), stampsCount: false)
    #expect(standing.isSubset(of: fixture.managed.union(lost)), "\(name): all is as it was before")
    #expect(Set(result.files.filter { !$0.undone }.map(\.path)).isSubset(of: lost), "\(name): all is undone")
  }

  /// Everything below the root but the agent's own records.
  private struct Tree {
    struct Leaf: Equatable {
      let entry: FileEntry
      /// The stamp of a regular file: it tells that a file was written, even with the same bytes.
      let stamp: FileStamp?
    }

    private(set) var entries: [String: Leaf] = [:]

    init(_ files: any NodeFiles) throws { try add("", files) }

    private mutating func add(_ directory: String, _ files: any NodeFiles) throws {
      for entry in try files.list(directory.isEmpty ? "/" : directory)?.entries ?? [] {
        let path = "\(directory)/\(entry.name)"
        guard path != Ledger.directory else { continue }
        entries[path] = Leaf(entry: entry, stamp: entry.kind == .regular ? try files.stamp(path) : nil)
        if entry.kind == .directory { try add(path, files) }
      }
    }

    func changes(to later: Self, stampsCount: Bool = true) -> Set<String> {
      Set(entries.keys).union(later.entries.keys).filter { path in
        let (mine, theirs) = (entries[path], later.entries[path])
        return mine?.entry != theirs?.entry || stampsCount && mine?.stamp != theirs?.stamp
      }
    }
  }
}
