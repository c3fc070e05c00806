import MachineIntent
import NodeAgent
import NodeTesting
import Reconcile
import Testing

/// A ledger or an original that is not what the agent has written.
@Suite struct RevertTrustTests {
  private static let moment = Reconciler.PassInput(now: Timestamp(milliseconds: 4_000_000_000_000))
  private static let stock = "# stock\nblacklist sctp\n"

  private let node = NodeInMemory()
  private let access: NodePorts

  init() throws {
    var reconciler = try node.reconciler()
    _ = reconciler.pass(Self.moment)
    access = reconciler.access
  }

  private var originals: [String] {
    get throws { try node.files.list("\(Ledger.directory)/originals")?.entries.map(\.path) ?? [] }
  }

  private func ledger() throws -> String { try #require(try node.text(Ledger.path)) }

  private func replace(_ old: String, _ new: String) throws {
    let text = try ledger()
    #expect(text.contains(old))
    node.files.plant(Ledger.path, text.replacing(old, with: new))
  }

  private func expectOnlyDamage(_ lines: [Int], _ result: Revert.Result) {
    #expect(!result.undone)
    let damaged = result.files.filter { $0.path == Ledger.path }.map(\.outcome)
    #expect(damaged.count == lines.count)
    for (outcome, line) in zip(damaged, lines) { #expect(outcome.hasPrefix("line \(line) is damaged")) }
  }

  @Test(arguments: ["", "# other bytes\n"])
  func `an original that was changed is not restored`(_ contents: String) throws {
    for path in try originals { node.files.plant(path, contents) }
    let result = try Revert(access: access).run()
    #expect(!result.undone)
    #expect(result.files.first { $0.path == blacklist }?.outcome.contains("its bytes are damaged") == true)
    #expect(try node.text(blacklist) == "", "it stays as it is")
  }

  @Test func `a damaged original is replaced when the same bytes are kept again`() throws {
    for path in try originals { node.files.plant(path, "cut") }
    node.files.plant(blacklist, Self.stock)
    var reconciler = try node.reconciler()
    _ = reconciler.pass(Self.moment)
    #expect(try Revert(access: access).run().undone)
    #expect(try node.text(blacklist) == Self.stock)
  }

  @Test(arguments: [
    "/etc/passwd", "/etc/sudoers.d/x", "/etc/modprobe.d/../passwd", "/etc/modprobe.d/sub/x.conf", "/etc/modprobe.d/x",
    "etc/modprobe.d/x.conf", "",
  ])
  func `an entry for a path that the agent never writes is damage`(_ path: String) throws {
    node.files.plant("/etc/passwd", "root:x")
    let line = try #require(try ledger().split(separator: "\n").first { $0.contains(loadFile) })
    let forged = line.replacing(#""path":"\#(loadFile)""#, with: #""path":"\#(path)""#)
      .replacing(
        #/"sha256":"[0-9a-f]{64}"}/#,
        with: #""sha256":"\#(ContentDigest.sha256(Array("root:x".utf8)))"}"#)
    try node.files.append(Array((forged + "\n").utf8), to: Ledger.path)
    let before = node.files.changes.count
    let result = try Revert(access: access).run()
    expectOnlyDamage([3], result)
    #expect(try node.text("/etc/passwd") == "root:x")
    let places = node.files.changes.dropFirst(before).map { $0.split(separator: " ").last ?? "" }
    #expect(Set(places.map(String.init)) == [blacklist, loadFile, Ledger.path])
  }

  @Test(arguments: [
    (#""sha256":""#, #""sha256":"../../../../etc/shadow"#), (#""mode":"0644""#, #""mode":"99x""#),
    (#""mode":"0644""#, #""mode":"177777777777777""#), (#""user":0"#, #""user":4294967295"#),
    (#""user":0"#, #""user":1180591620717411303424"#), (#""kind":"regular""#, #""kind":"symlink""#), ("{", "\0\0\0"),
  ])
  func `an entry that no agent writes is damage, and nothing of it is obeyed`(_ change: (String, String)) throws {
    let lines = try ledger().split(separator: "\n")
    let line = try #require(lines.first { $0.contains(blacklist) })
    let index = try #require(lines.firstIndex(of: line))
    try replace(String(line), String(line.replacing(change.0, with: change.1, maxReplacements: 1)))
    let result = try Revert(access: access).run()
    expectOnlyDamage([index + 1], result)
    #expect(try node.text(blacklist) == "")
    #expect(try node.text(loadFile) == nil, "the other entry is undone")
    #expect(try Ledger(files: node.files).damagedLines() == [1], "the damaged line is kept")
  }

  @Test func `a ledger of junk is not nothing to undo`() throws {
    var junk: [UInt8] = []
    for number in 0..<100_000 { junk.append(UInt8(truncatingIfNeeded: number &* 7 &+ number >> 8)) }
    node.files.plant(Ledger.path, junk + [10], mode: FileMode(0o600))
    let result = try Revert(access: access).run()
    #expect(!result.undone)
    #expect(result.files.count < 20)
    #expect(result.lines.contains { $0.contains("more lines are damaged") })
  }

  @Test func `a line that was cut in the middle and ended is damage, a last one without its end is not`() throws {
    let text = try ledger()
    node.files.plant(Ledger.path, text + text.prefix(60))
    #expect(try Ledger(files: node.files).damagedLines() == [])
    node.files.plant(Ledger.path, text.prefix(60) + "\n" + text)
    #expect(try Ledger(files: node.files).damagedLines() == [1])
  }

  @Test func `half a line is removed before the next entry, so that it is never damage`() throws {
    let text = try ledger()
    node.files.plant(Ledger.path, text + text.prefix(60))
    node.files.plant(blacklist, "blacklist sctp # again\n")
    var reconciler = try node.reconciler()
    _ = reconciler.pass(Self.moment)
    let ledger = Ledger(files: node.files)
    #expect(try ledger.damagedLines() == [])
    #expect(try ledger.entries().count == 3)
    #expect(try Revert(access: access).run().undone)
  }

  @Test func `a line longer than any of the agent's is damage, and reading it takes no time`() throws {
    let text = try ledger()
    node.files.plant(Ledger.path, "\(String(repeating: "x", count: 8 << 20))\n\(text)")
    let ledger = Ledger(files: node.files)
    #expect(try ledger.damagedLines() == [1])
    #expect(try ledger.entries().count == 2)
    let result = try Revert(access: access).run()
    #expect(!result.undone)
    #expect(try node.text(blacklist) == Self.stock)
    #expect(result.remains.contains { $0.contains("longer than") })
  }
}
