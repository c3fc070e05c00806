import MachineIntent
import Modprobe
import NodeAgent
import NodeTesting
import Reconcile
import Testing

@Suite struct LedgerTests {
  private static let now = Timestamp(milliseconds: 1000)
  private static let reason = WriteReason.unblocks([], lines: [1], from: nil)

  private let files = InMemoryFiles()

  init() {
    files.plantDirectory("/etc/modprobe.d")
    files.plantDirectory("/var/lib")
  }

  /// Has the agent find `text` in the file and edit it.
  private func edit(_ path: String, _ text: String, _ ledger: inout Ledger) throws {
    files.plant(path, text)
    let write = FileWrite(path: path, contents: Array("# \(text)".utf8), mode: FileMode(0o644), account: .root)
    try ledger.record(write, because: Self.reason, replacing: try files.entry(path), at: Self.now)
    try files.write(write)
    ledger.foldIfLong()
  }

  private func originals() throws -> Int { try files.list("\(Ledger.directory)/originals")?.entries.count ?? 0 }

  @Test func itIsReadAgainAsItWasWritten() throws {
    var ledger = Ledger(files: files)
    try edit("/etc/modprobe.d/a.conf", "1", &ledger)
    try edit("/etc/modprobe.d/b.conf", "2", &ledger)
    var again = Ledger(files: files)
    try again.read()
    #expect(again.overridden == Set(["/etc/modprobe.d/a.conf", "/etc/modprobe.d/b.conf"].map(PathKey.init)))
    let entries = try again.entries()
    #expect(entries.map(\.path) == ["/etc/modprobe.d/a.conf", "/etc/modprobe.d/b.conf"])
    #expect(try entries.map { try again.bytes(of: $0.original) } == [Array("1".utf8), Array("2".utf8)])
  }

  @Test func twoSpellingsOfALetterAreForgottenApart() throws {
    var ledger = Ledger(files: files)
    let paths = ["/etc/modprobe.d/\u{E9}.conf", "/etc/modprobe.d/e\u{301}.conf"]
    try edit(paths[0], "1", &ledger)
    try edit(paths[1], "2", &ledger)
    #expect(ledger.overridden == Set(paths.map(PathKey.init)))
    try ledger.forget([PathKey(paths[0])])
    #expect(try ledger.entries().map { PathKey($0.path) } == [PathKey(paths[1])])
    #expect(ledger.overridden == [PathKey(paths[1])])
  }

  @Test func aLineThatThePowerCutShortIsNoEntryAndSwallowsNone() throws {
    var ledger = Ledger(files: files)
    try edit("/etc/modprobe.d/a.conf", "1", &ledger)
    try files.append(Array(#"{"at":"2026-01-01T00:00:00.000Z","beca"#.utf8), to: Ledger.path)
    var next = Ledger(files: files)
    #expect(try next.entries().count == 1)
    try edit("/etc/modprobe.d/b.conf", "2", &next)
    #expect(try Ledger(files: files).entries().map(\.path) == ["/etc/modprobe.d/a.conf", "/etc/modprobe.d/b.conf"])
  }

  @Test func aDamagedLineIsKeptAndSaid() throws {
    var ledger = Ledger(files: files)
    try edit("/etc/modprobe.d/damaged.conf", "1", &ledger)
    try edit("/etc/modprobe.d/b.conf", "2", &ledger)
    let text = try #require(try files.read(Ledger.path, limit: 10_000).map { String(decoding: $0, as: UTF8.self) })
    files.plant(Ledger.path, text.replacing(#""path":"/etc/modprobe.d/damaged.conf""#, with: #""pa"#))
    var next = Ledger(files: files)
    for turn in 0..<2000 { try edit("/etc/modprobe.d/a.conf", "version \(turn)", &next) }
    #expect(try next.entries().count < 1100)
    #expect(try next.damagedLines() == [1])
    #expect(
      try next.bytes(of: LedgerEntry.Original(kind: .regular, sha256: ContentDigest.sha256(Array("1".utf8)))) != nil)
    try next.forget([PathKey("/etc/modprobe.d/a.conf")])
    #expect(try next.entries().map(\.path) == ["/etc/modprobe.d/b.conf"])
    #expect(try next.damagedLines() == [1])
  }

  @Test(arguments: [nil, "an original"])
  func theDirectoryOfTheLedgerIsForRootAloneWhateverIsRecordedFirst(original: String?) throws {
    var ledger = Ledger(files: files)
    if let original { files.plant("/etc/modprobe.d/a.conf", original) }
    let write = FileWrite(
      path: "/etc/modprobe.d/a.conf", contents: [], mode: FileMode(0o644), account: .root)
    try ledger.record(write, because: Self.reason, replacing: try files.entry(write.path), at: Self.now)
    for directory in [Ledger.directory, "\(Ledger.directory)/originals"] {
      #expect(try files.entry(directory)?.mode == FileMode(0o700))
    }
  }

  @Test func aLongFightOverAFileDoesNotMakeTheLedgerLong() throws {
    var ledger = Ledger(files: files)
    try edit("/etc/modprobe.d/calm.conf", "calm", &ledger)
    for turn in 0..<2000 { try edit("/etc/modprobe.d/a.conf", "version \(turn)", &ledger) }
    #expect(try ledger.entries().count <= 1024)
    #expect(try originals() <= 1024)
    let paths = RecordedPath.all(try Ledger(files: files).entries())
    #expect(paths.map(\.path) == ["/etc/modprobe.d/a.conf", "/etc/modprobe.d/calm.conf"])
    #expect(try paths.map { try ledger.bytes(of: $0.original) } == [Array("version 1999".utf8), Array("calm".utf8)])
  }

  @Test func whoeverMakesUpNamesDoesNotMakeTheLedgerLong() throws {
    var ledger = Ledger(files: files)
    for turn in 0..<2100 {
      try edit("/etc/modprobe.d/\(turn).conf", "\(turn)", &ledger)
      files.takeAway("/etc/modprobe.d/\(turn).conf")
    }
    #expect(try ledger.entries().count <= 1024)
    #expect(ledger.overridden.count <= 1024)
    #expect(try originals() <= 1024)
  }

  @Test func aLedgerThatCannotBeFoldedIsNoReasonNotToWrite() throws {
    var ledger = Ledger(files: files)
    files.fail(
      .write, Ledger.path, with: FileFailure(.write, Ledger.path, errno: 28, reason: .noSpace, message: "full"))
    for turn in 0..<1100 { try edit("/etc/modprobe.d/a.conf", "\(turn)", &ledger) }
    #expect(try ledger.entries().count == 1100)
  }

  @Test func nothingIsRecordedBeforeItCouldBeRead() throws {
    let failure = FileFailure(.read, Ledger.path, errno: 13, reason: .permissionDenied, message: "no")
    files.plant(Ledger.path, "")
    files.fail(.read, Ledger.path, with: failure)
    var ledger = Ledger(files: files)
    #expect(throws: failure) { try edit("/etc/modprobe.d/a.conf", "1", &ledger) }
    #expect(!files.changes.contains { $0.contains(Ledger.directory) })
    files.fail(.read, Ledger.path, with: nil)
    try edit("/etc/modprobe.d/a.conf", "1", &ledger)
    #expect(try ledger.entries().count == 1)
  }
}
