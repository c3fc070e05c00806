import Modprobe
import Testing

@testable import Reconcile

/// The ways that are open, where the node's kmod is one version and the agent's libkmod another.
private func open(
  _ file: String, _ rules: String, node version: Int?, agent: Userland.Loader, commandLine: String = ""
) -> [Bool] {
  let verdicts = LoadVerdicts(
    module: sctp, node: node([file: rules], kmod: version, loader: agent, commandLine: commandLine))
  return [verdicts.autoload.isOpen, verdicts.boot.isOpen, verdicts.explicit.isOpen]
}

private func node(
  _ files: [String: String], kmod: Int?, loader: Userland.Loader, commandLine: String = "",
  change: (inout KernelState) -> Void = { _ in }, facts: (inout ModuleFacts) -> Void = { _ in }
) -> NodeState {
  let made = NodeState.made(files, commandLine: commandLine, change: change, facts: facts)
  var surroundings = made.surroundings
  surroundings.userland = Userland(
    kmod: kmod.map { KmodVersion($0) }, systemd: SystemdVersion(252), loader: loader)
  return NodeState(
    surroundings: surroundings, modprobeDropIns: made.modprobeDropIns, modulesLoadDropIns: made.modulesLoadDropIns)
}

@Suite struct LoaderRulesTests {
  private static let alias = "/etc/modprobe.d/x.alias"
  private static let local = "/usr/local/lib/modprobe.d/x.conf"

  @Test(arguments: [
    (alias, "install sctp /bin/false\n", 34, 30, [true, true, false]),
    (alias, "install sctp /bin/false\n", 30, 34, [false, false, true]),
    (alias, "blacklist sctp\ninstall udp_tunnel /bin/false\n", 34, 30, [true, true, false]),
    (local, "install sctp /bin/false\n", 28, 34, [true, true, false]),
    (local, "install sctp /bin/false\n", 34, 28, [false, false, true]),
    (local, "alias sctp off\n", 28, 34, [true, true, false]),
  ])
  func `a load in a pod obeys the agent's libkmod and all else the node's`(
    file: String, rules: String, node: Int, agent: Int, ways: [Bool]
  ) {
    #expect(open(file, rules, node: node, agent: .agent(KmodVersion(agent))) == ways)
    #expect(open(file, rules, node: node, agent: .node) == [ways[0], ways[1], ways[0]])
  }

  @Test func `the kernel command line is read by the version that loads`() {
    let word = "\"sctp.no_checksums=perhaps or not\""
    let types = ["no_checksums": ParameterType("bool")]
    func ways(_ kmod: Int, _ agent: Int) -> [Bool] {
      let node = node(
        [:], kmod: kmod, loader: .agent(KmodVersion(agent)), commandLine: word, facts: { $0.parameters = types })
      let verdicts = LoadVerdicts(module: sctp, node: node)
      return [verdicts.autoload.isOpen, verdicts.explicit.isOpen]
    }
    #expect(ways(28, 34) == [true, false])
    #expect(ways(34, 28) == [false, true])
  }

  @Test func `the newest rules count where the agent's version is not known`() {
    #expect(open(Self.alias, "install sctp /bin/false\n", node: 30, agent: .agent(nil)) == [false, false, true])
  }

  @Test(arguments: [(30, false), (31, true), (34, true)])
  func `a compressed module is handed to the kernel by the agent's libkmod`(agent: Int, isOpen: Bool) {
    for kmod in [28, 34] {
      let node = node(
        [:], kmod: kmod, loader: .agent(KmodVersion(agent)), change: { $0.decompresses = "xz" },
        facts: { $0.unreadable = "no liblzma" })
      let verdicts = LoadVerdicts(module: sctp, node: node)
      #expect(verdicts.explicit.isOpen == isOpen)
      #expect(verdicts.autoload.isOpen)
    }
  }

  @Test(arguments: [
    (local, 34, 34, true), (alias, 30, 30, false), (alias, 34, 30, false), (local, 28, 34, false),
  ])
  func `no policy is promised for a rule that it does not change`(
    file: String, kmod: Int, agent: Int, isCured: Bool
  ) throws {
    let node = node([file: "install sctp /bin/false\n"], kmod: kmod, loader: .agent(KmodVersion(agent)))
    let verdicts = LoadVerdicts(module: sctp, node: node, desired: .documented)
    let remedy = try #require(verdicts.explicit.blockedBy.first?.remedy)
    #expect(remedy.contains("--unblock all") == isCured, "\(remedy)")
  }

  @Test func `a note says which version counts for what`() {
    func note(_ loader: Userland.Loader, kmod: Int? = 28) -> String? {
      Notes(module: sctp, node: node([:], kmod: kmod, loader: loader)).all.first { $0.hasPrefix("rules applied") }
    }
    #expect(note(.node) == "rules applied: kmod 28, systemd 252")
    #expect(note(.agent(KmodVersion(28))) == note(.node))
    #expect(
      note(.agent(KmodVersion(34)))
        == "rules applied: kmod 28, systemd 252; for the explicit way kmod 34, the agent's own libkmod: modprobe on the "
        + "node obeys the node's")
    #expect(
      note(.agent(nil))
        == "rules applied: kmod 28, systemd 252; for the explicit way kmod 34, the newest known rules: the version of "
        + "the agent's own libkmod is not known")
    #expect(
      note(.agent(KmodVersion(30)), kmod: nil)
        == "rules applied: kmod 34, systemd 252 (the node's kmod was not found: the newest known rules count); for the "
        + "explicit way kmod 30, the agent's own libkmod: modprobe on the node obeys the node's")
  }
}
