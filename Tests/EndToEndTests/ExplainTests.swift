import Foundation
import Testing

private struct Explained: Decodable {
  struct Kernel: Decodable {
    let lockdown: String
    let modulesDisabled: Bool
    let loadsModules: Bool
    let enforcesSignatures: Bool
    let commandLine: [String]
  }

  struct Module: Decodable {
    struct Way: Decodable {
      struct Rule: Decodable { let file, text, remedy: String }

      let open: Bool
      let blockedBy: [Rule]
    }

    let name: String
    let state: String
    let file: String?
    let compression: String?
    let verdicts: [String: Way]
  }

  let kernel: Kernel
  let modules: [Module]
  let notes: [String]
}

private func explained(_ node: MadeUpNode) throws -> Explained {
  try JSONDecoder().decode(Explained.self, from: Data(try node.run("explain", "-o", "json").output.utf8))
}

/// A node on which nothing is in the way but these files.
private func node(_ files: [String: String] = [:], commandLine: String = "quiet") throws -> MadeUpNode {
  let node = try MadeUpNode(commandLine: commandLine)
  try node.put("etc/modprobe.d/sctp-blacklist.conf", "")
  for (path, text) in files { try node.put(path, text) }
  return node
}

/// Runs a remedy as the shell of that node would.
private func paste(_ remedy: String, on node: MadeUpNode) throws -> Int32 {
  let process = Process()
  process.executableURL = URL(filePath: "/bin/sh")
  let paths = remedy.replacing(/(?<path>\/(etc|usr|run)\/)/) { "\(node.root.path)\($0.output.path)" }
  process.arguments = ["-c", paths]
  try process.run()
  process.waitUntilExit()
  return process.terminationStatus
}

@Suite struct ContainerTests {
  /// The newest node's kmod does not read `x.alias`, the one installed here may.
  private static func explained(_ environment: [String: String]) throws -> Explained {
    let node = try node([
      "etc/modprobe.d/x.alias": "install sctp /bin/false\n", "usr/lib64/libkmod.so.2.5.1": "",
      "usr/lib/systemd/libsystemd-shared-257.so": "",
    ])
    let output = try node.run("explain", "-o", "json", environment: environment).output
    return try JSONDecoder().decode(Explained.self, from: Data(output.utf8))
  }

  @Test func `a container's explicit way follows its own libkmod and no other way does`() throws {
    let mappings = try FileHandle(forReadingAtPath: "/proc/self/maps")?.readToEnd()
    let maps = String(decoding: mappings ?? Data(), as: UTF8.self)
    let readsAlias = maps.contains("libkmod.so.2.3.") || maps.contains("libkmod.so.2.4.")
    let inContainer = try Self.explained(["container": "podman"])
    let ways = try #require(inContainer.modules.first?.verdicts)
    #expect(ways["autoload"]?.open == true && ways["boot"]?.open == true)
    #expect(ways["explicit"]?.blockedBy.contains { $0.file == "/etc/modprobe.d/x.alias" } == readsAlias)
    #expect(inContainer.notes.contains { $0.hasPrefix("rules applied: kmod 34, systemd 257") })
    #expect(inContainer.notes.contains { $0.contains("for the explicit way kmod") } == readsAlias)
  }

  @Test(.enabled(if: access("/run/.containerenv", F_OK) != 0, "this is a container, and every agent in it knows that"))
  func `outside of a container each way follows the node's libkmod`() throws {
    let byHand = try Self.explained(["container": ""])
    #expect(byHand.modules.first?.verdicts["explicit"]?.blockedBy.contains { $0.file.hasSuffix(".alias") } == false)
    #expect(!byHand.notes.contains { $0.contains("for the explicit way") })
  }
}

@Suite struct ExplainTests {
  @Test(arguments: [
    ["etc/modprobe.d/a.conf": "# x\nblacklist sctp\nblacklist sctp\n"],
    ["etc/modprobe.d/a b.conf": "blacklist \\\nsctp\n"],
    ["usr/lib/modprobe.d/a.conf": "blacklist sctp\noptions sctp x=1\ninstall sctp /bin/false\n"],
    ["run/modprobe.d/a.conf": "install sctp /bin/true\n"],
    [
      "etc/modprobe.d/CIS.conf": "install sctp /bin/false\nblacklist sctp\n",
      "etc/modprobe.d/z.conf": "install sct* :\n",
    ],
    ["etc/modprobe.d/a.conf": "alias net-pf-2-proto-132 off\nalias net-pf-10-proto-132 off\nalias sctp off\n"],
    ["etc/modprobe.d/a.conf": "install net-pf-2-proto-132 /bin/true\nremove net-pf-10-proto-132 /bin/true\n"],
  ])
  func `remedies that are pasted one after the other open every way`(files: [String: String]) throws {
    let node = try node(files)
    let before = try explained(node)
    let rules = ["autoload", "boot", "explicit"].flatMap { before.modules[0].verdicts[$0]?.blockedBy ?? [] }
    #expect(!rules.isEmpty)
    var pasted = Set<String>()
    for rule in rules where pasted.insert(rule.remedy).inserted { #expect(try paste(rule.remedy, on: node) == 0) }
    let after = try node.run("explain")
    #expect(after.status == 0, "\(after.output)")
  }

  @Test func `the facts are in the text and in the JSON`() throws {
    let node = try node(commandLine: "quiet modules_load=sctp lockdown=integrity module.sig_enforce=1")
    try node.put("../proc/sys/kernel/modules_disabled", "1\n")
    try node.put("../proc/sys/net/netfilter/nf_conntrack_sctp_timeout_established", "1\n")
    try node.put("etc/sysctl.d/sctp.conf", "net.sctp.rto_min = 500\n")
    try node.put("lib/modules/5.15.0/modules.dep", "")
    let document = try explained(node)
    #expect(document.kernel.modulesDisabled && document.kernel.loadsModules && document.kernel.enforcesSignatures)
    #expect(document.kernel.lockdown == "integrity")
    #expect(document.kernel.commandLine == ["modules_load=sctp", "lockdown=integrity", "module.sig_enforce=1"])
    #expect(document.modules[0].compression == "xz")
    let text = try node.run("explain").output.unwrapped
    for words in [
      "sctp on worker-0: not loaded, blocked by 1 rule (kernel 5.14.0)",
      "file /lib/modules/5.14.0/kernel/net/sctp/sctp.ko.xz, xz",
      "kernel modules_disabled 1, signed modules only, lockdown integrity",
      "arguments modules_load=sctp lockdown=integrity module.sig_enforce=1", "installed too 5.15.0, sctp missing",
      "kernel.modules_disabled = 1 (one-way switch of the kernel)", "requested by kernel command line",
    ] {
      #expect(text.contains(words), "\(words)\n\(text)")
    }
    for words in [
      "5.15.0 has no sctp: after a boot into it SCTP does not work", "connection tracking supports SCTP",
      "net.sctp.rto_min = 500 at /etc/sysctl.d/sctp.conf:1 has no effect",
    ] {
      #expect(document.notes.contains { $0.contains(words) }, "\(words)")
    }
    #expect(text.contains("note: \(document.notes[0])"))
  }

  @Test func `each of the places where a module can be missing has its own remedy`() throws {
    let gone = try node()
    try FileManager.default.removeItem(at: gone.root.appending(path: "lib/modules/5.14.0/kernel/net/sctp/sctp.ko.xz"))
    #expect(try gone.run("explain").output.contains("→ dnf reinstall kernel-modules-extra-5.14.0"))
    let package = try node(["lib/modules/5.14.0/modules.dep": "", "lib/modules/5.14.0/modules.alias": ""])
    #expect(try package.run("explain").output.unwrapped.contains("the package that has it is not installed"))
    let index = try node()
    try FileManager.default.removeItem(at: index.root.appending(path: "lib/modules/5.14.0/modules.dep"))
    #expect(try index.run("explain").output.contains("→ depmod -a 5.14.0"))
    let tree = try node()
    try FileManager.default.removeItem(at: tree.root.appending(path: "lib"))
    #expect(try tree.run("explain").output.contains("not mounted here"))
    let builtin = try node([
      "lib/modules/5.14.0/modules.builtin": "kernel/net/sctp/sctp.ko\n", "lib/modules/5.14.0/modules.dep": "",
    ])
    #expect(try builtin.run("explain").output.contains("sctp on worker-0: part of the kernel, no rule blocks it"))
    let without = try node(["lib/modules/5.14.0/modules.dep": ""])
    try without.put("../proc/sys/kernel/ostype", "Linux\n")
    try FileManager.default.removeItem(at: without.directory.appending(path: "proc/sys/kernel/modules_disabled"))
    let text = try without.run("explain").output.unwrapped
    #expect(text.contains("kernel 5.14.0 is built without loadable modules and without sctp"))
    #expect(text.contains("kernel no loadable modules"))
  }

  @Test(arguments: ["check", "explain", "plan"])
  func `what a rule holds does not reach the terminal raw`(command: String) throws {
    let node = try node(["etc/modprobe.d/a.conf": "install sctp /bin/false \u{1B}[31m\u{7} \\\n x\r\n"])
    let output = try node.run(command, "--unblock", "declared").output
    #expect(output.contains("install sctp /bin/false \\x1b[31m\\x07"))
    #expect(!output.contains("\u{1B}") && !output.contains("\r"))
    if command == "check" { #expect(output.split(separator: "\n").count == 1) }
  }

  @Test func `a name that no module has is a usage error or missing`() throws {
    for name in ["", "../../sctp", "a b"] { #expect(try node().run("explain", name).status == 64) }
    let misspelt = try node().run("explain", "stcp")
    #expect(misspelt.status == 1)
    #expect(misspelt.output.unwrapped.contains("its package is not installed, or the name is misspelt"))
  }

  @Test func `explain is unknown where a rule cannot be read`() throws {
    let node = try node()
    let link = node.root.appending(path: "etc/modprobe.d/loop.conf")
    try FileManager.default.createSymbolicLink(atPath: link.path, withDestinationPath: "loop.conf")
    let outcome = try node.run("explain")
    #expect(outcome.status == 2)
    #expect(outcome.output.contains("/etc/modprobe.d/loop.conf"))
  }

  @Test(arguments: [
    ("declared", []), ("blacklist", ["# blacklist sctp"]), ("all", ["# blacklist sctp", "# install sctp /bin/false"]),
  ])
  func `plan says what each policy would do and what stays`(policy: String, commented: [String]) throws {
    let node = try node(["etc/modprobe.d/h.conf": "blacklist sctp\ninstall sctp /bin/false\n"])
    let before = try node.snapshot()
    let plan = try node.run("plan", "--unblock", policy)
    #expect(plan.status == 2)
    #expect(
      plan.output.split(separator: "\n").filter { $0.hasPrefix("+# ") }.map { String($0.dropFirst()) } == commented)
    for (line, text) in [(1, "blacklist sctp"), (2, "install sctp /bin/false")] {
      let stays = !commented.contains("# \(text)")
      #expect(plan.output.contains("stays: /etc/modprobe.d/h.conf:\(line): \(text) (blocks ") == stays)
    }
    #expect(plan.output.contains("# load sctp\n") == (policy == "all"))
    #expect(try node.snapshot() == before)
  }
}
