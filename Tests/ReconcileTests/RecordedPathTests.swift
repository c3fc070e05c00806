import MachineIntent
import Modprobe
import Reconcile
import Testing

@Suite struct RecordedPathTests {
  private static func entry(
    _ owner: TrackedFile.Owner, found: String?, wrote: String, path: String = "/etc/modprobe.d/a.conf"
  ) -> LedgerEntry {
    LedgerEntry(
      at: Timestamp(milliseconds: 0), path: path, because: "", owner: owner,
      original: .init(kind: found == nil ? .absent : .regular, sha256: found), sha256: wrote, mode: FileMode(0o644))
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let entries: [LedgerEntry]
    let original: String?
    var isUnmanaged = false
  }

  @Test(arguments: [
    Case(
      testDescription: "what others put into a declared file later was drift",
      entries: [
        entry(.intent, found: "stock", wrote: "declared"), entry(.intent, found: "drift", wrote: "declared"),
        entry(.intent, found: nil, wrote: "declared"),
      ], original: "stock"),
    Case(
      testDescription: "a declared file that was not there",
      entries: [entry(.intent, found: nil, wrote: "declared"), entry(.intent, found: "drift", wrote: "declared")],
      original: nil),
    Case(
      testDescription: "an upgrade brings a new version of a file of others",
      entries: [entry(.override, found: "1", wrote: "1#"), entry(.override, found: "2", wrote: "2#")],
      original: "2", isUnmanaged: true),
    Case(
      testDescription: "a wider policy edits what the agent has edited before",
      entries: [entry(.override, found: "1", wrote: "1#"), entry(.override, found: "1#", wrote: "1##")],
      original: "1", isUnmanaged: true),
    Case(
      testDescription: "a file of others is declared later",
      entries: [entry(.override, found: "1", wrote: "1#"), entry(.intent, found: "1#", wrote: "declared")],
      original: "1", isUnmanaged: true),
    Case(
      testDescription: "a copy that shadows a vendor's file",
      entries: [entry(.override, found: nil, wrote: "copy")], original: nil),
  ])
  func revertBringsBack(_ expected: Case) throws {
    let recorded = try #require(RecordedPath(path: "/etc/modprobe.d/a.conf", entries: expected.entries))
    #expect(recorded.original.sha256 == expected.original)
    #expect(recorded.isUnmanaged == expected.isUnmanaged)
  }

  @Test func foldingKeepsWhatRevertBringsBack() throws {
    let first = Self.entry(.intent, found: "stock", wrote: "declared")
    let drifts = (0..<100).map { Self.entry(.intent, found: "drift \($0)", wrote: "declared") }
    let entries = [first] + drifts
    var fold = LedgerFold()
    for (number, entry) in entries.enumerated() { fold.add(entry, number: number) }
    #expect(fold.lines.map(\.number) == [0, 98, 99, 100])
    #expect(fold.lines.map(\.original) == ["stock", "drift 97", "drift 98", "drift 99"])
    let folded = fold.lines.map { entries[$0.number] }
    #expect(RecordedPath(path: first.path, entries: folded)?.original == first.original)
    #expect(RecordedPath(path: first.path, entries: []) == nil)
    #expect(fold.unmanaged.isEmpty && fold.overridden.isEmpty)
    fold.add(Self.entry(.override, found: "theirs", wrote: "edited"), number: 101)
    #expect(fold.lines.map(\.number) == [99, 100, 101])
    #expect(fold.unmanaged == [first.path] && fold.overridden == [PathKey(first.path)])
    fold.drop(first.path)
    #expect(fold.lines.isEmpty && fold.overridden.isEmpty)
  }

  @Test func twoSpellingsOfALetterAreTwoPaths() {
    let entries = ["/etc/modprobe.d/\u{E9}.conf", "/etc/modprobe.d/e\u{301}.conf"].map {
      Self.entry(.override, found: $0, wrote: "edited", path: $0)
    }
    #expect(RecordedPath.all(entries).map(\.original) == entries.reversed().map(\.original))
    var fold = LedgerFold()
    for (number, entry) in entries.enumerated() { fold.add(entry, number: number) }
    fold.drop(entries[0].path)
    #expect(fold.lines.map(\.number) == [1])
  }
}
