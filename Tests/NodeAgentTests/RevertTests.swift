import NodeAgent
import NodeTesting
import Reconcile
import Testing

private let later = Reconciler.PassInput(now: Timestamp(milliseconds: 4_000_000_000_000))

@Suite struct RevertTests {
  @Test func `the originals are restored and what remains is reported`() throws {
    let node = NodeInMemory()
    var reconciler = try node.reconciler()
    _ = reconciler.pass(later)
    let revert = Revert(access: reconciler.access)
    let result = try revert.run()
    #expect(result.undone)
    #expect(try node.text(blacklist) == "# stock\nblacklist sctp\n")
    #expect(try node.text(loadFile) == nil)
    #expect(result.remains.first?.hasPrefix("module sctp stays loaded until the next boot") == true)
  }

  @Test func `nothing is changed if it is unknown what the machine-config daemon manages`() throws {
    let node = NodeInMemory()
    let current = "/etc/machine-config-daemon/currentconfig"
    var reconciler = try node.reconciler()
    _ = reconciler.pass(later)
    let before = node.files.changes
    for spoil in [
      { node.files.plant(current, "{") }, { node.files.fail(.read, current, with: denied(.read, current)) },
    ] {
      spoil()
      let revert = Revert(access: reconciler.access)
      let result = try revert.run()
      #expect(!result.undone)
      #expect(result.files.map(\.path) == [blacklist, loadFile])
      #expect(
        result.files.allSatisfy {
          $0.outcome.hasPrefix("left alone: it is unknown what the machine-config daemon manages: \(current)")
        })
      #expect(node.files.changes == before)
    }
    node.files.fail(.read, current, with: nil)
    node.files.takeAway(current)
    let revert = Revert(access: reconciler.access)
    #expect(try revert.run().undone)
  }

  @Test func `a line of the ledger that cannot be read is named`() throws {
    let node = NodeInMemory()
    var reconciler = try node.reconciler()
    _ = reconciler.pass(later)
    try node.files.append(Array("\n{\"path\":3}\n".utf8), to: Ledger.path)
    let revert = Revert(access: reconciler.access)
    let result = try revert.run()
    #expect(!result.undone)
    #expect(result.lines.first?.hasPrefix("\(Ledger.path): line 4 is damaged") == true)
    #expect(try node.text(blacklist) == "# stock\nblacklist sctp\n")
  }

  @Test func `a declared file is reverted to what was there first`() throws {
    let node = NodeInMemory()
    var reconciler = try node.reconciler()
    _ = reconciler.pass(later)
    for drift in ["blacklist sctp # again\n", "x"] {
      node.files.plant(blacklist, drift)
      node.files.plant(loadFile, drift)
      _ = reconciler.pass(later)
    }
    let revert = Revert(access: reconciler.access)
    #expect(try revert.run().undone)
    #expect(try node.text(blacklist) == "# stock\nblacklist sctp\n")
    #expect(try node.text(loadFile) == nil)
  }

  @Test func `an unmanaged file is reverted to the version that its owner last wrote`() throws {
    let node = NodeInMemory()
    let foreign = "/etc/modprobe.d/hardening.conf"
    var reconciler = try node.reconciler()
    for version in ["blacklist sctp\n", "# version 2\nblacklist sctp\noptions x y=1\n"] {
      node.files.plant(foreign, version)
      _ = reconciler.pass(later)
    }
    #expect(try node.text(foreign) == "# version 2\n# blacklist sctp\noptions x y=1\n")
    let revert = Revert(access: reconciler.access)
    #expect(try revert.run().undone)
    #expect(try node.text(foreign) == "# version 2\nblacklist sctp\noptions x y=1\n")
  }

  @Test func `a file that its owner removed needs no revert`() throws {
    let node = NodeInMemory()
    let foreign = "/etc/modprobe.d/hardening.conf"
    node.files.plant(foreign, "blacklist sctp\n")
    var reconciler = try node.reconciler()
    _ = reconciler.pass(later)
    node.files.takeAway(foreign)
    let revert = Revert(access: reconciler.access)
    #expect(try revert.run().undone)
    #expect(try node.text(foreign) == nil)
  }

  @Test func `after a revert the next agent's original is what it finds`() throws {
    let node = NodeInMemory()
    for original in ["# stock\nblacklist sctp\n", "# another\nblacklist sctp\n"] {
      node.files.plant(blacklist, original)
      var reconciler = try node.reconciler()
      _ = reconciler.pass(later)
      #expect(try node.text(blacklist) == "")
      let revert = Revert(access: reconciler.access)
      #expect(try revert.run().undone)
      #expect(try node.text(blacklist) == original)
    }
  }
}
