import MachineIntent
import Reconcile
import Testing

@Suite struct RecordedPathTests {
  private static func entry(_ owner: FileVerdict.Owner, found: String?, wrote: String) -> LedgerEntry {
    LedgerEntry(
      at: Timestamp(milliseconds: 0), path: "/etc/modprobe.d/a.conf", because: "", owner: owner,
      original: .init(kind: found == nil ? .absent : .regular, sha256: found), sha256: wrote, mode: FileMode(0o644))
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let entries: [LedgerEntry]
    let original: String?
    var isOthers = false
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
      original: "2", isOthers: true),
    Case(
      testDescription: "a wider policy edits what the agent has edited before",
      entries: [entry(.override, found: "1", wrote: "1#"), entry(.override, found: "1#", wrote: "1##")],
      original: "1", isOthers: true),
    Case(
      testDescription: "a file of others is declared later",
      entries: [entry(.override, found: "1", wrote: "1#"), entry(.intent, found: "1#", wrote: "declared")],
      original: "1", isOthers: true),
    Case(
      testDescription: "a copy that shadows a vendor's file",
      entries: [entry(.override, found: nil, wrote: "copy")], original: nil),
  ])
  func revertBringsBack(_ expected: Case) throws {
    let recorded = try #require(RecordedPath(path: "/etc/modprobe.d/a.conf", entries: expected.entries))
    #expect(recorded.original.sha256 == expected.original)
    #expect(recorded.isOthers == expected.isOthers)
  }

  @Test func foldingKeepsWhatRevertBringsBack() throws {
    let first = Self.entry(.intent, found: "stock", wrote: "declared")
    let drifts = (0..<100).map { Self.entry(.intent, found: "drift \($0)", wrote: "declared") }
    let recorded = try #require(RecordedPath(path: first.path, entries: [first] + drifts))
    #expect(recorded.folded.first == first)
    #expect(recorded.folded.count == 4)
    #expect(RecordedPath(path: first.path, entries: recorded.folded)?.original == first.original)
    #expect(RecordedPath(path: first.path, entries: []) == nil)
  }
}
