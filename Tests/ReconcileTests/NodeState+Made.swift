import MachineIntent
import Modprobe
import Reconcile

let sctp = ModuleName("sctp")
let udpTunnel = ModuleName("udp_tunnel")

/// Nodes for tests: a stock kernel with sctp absent, and whatever files the test names.
extension NodeState {
  static func made(
    _ files: [String: String] = [:], commandLine: String = "", state: ModuleState = .absent,
    change: (inout KernelState) -> Void = { _ in }, facts: (inout ModuleFacts) -> Void = { _ in }
  ) -> NodeState {
    var kernel = KernelState(release: "5.14.0", commandLine: KernelCommandLine(Array(commandLine.utf8)))
    change(&kernel)
    func dropIns(_ searchPath: [String]) -> [[DropIn]] {
      searchPath.map { directory in
        files.filter { DropIn(path: $0.key, contents: []).directory == directory }
          .map { DropIn(path: $0.key, contents: Array($0.value.utf8)) }
      }
    }
    var module = ModuleFacts(
      name: sctp, state: state, file: state == .missing ? nil : "/lib/modules/5.14.0/kernel/net/sctp/sctp.ko.xz",
      dependencies: [udpTunnel], aliases: ["net-pf-2-proto-132", "net-pf-10-proto-132"])
    facts(&module)
    let tunnel = ModuleFacts(
      name: udpTunnel, state: .absent, file: "/lib/modules/5.14.0/kernel/net/ipv4/udp_tunnel.ko.xz")
    var surroundings = Surroundings(kernel: kernel)
    surroundings.modules = [sctp: module, udpTunnel: tunnel]
    var node = NodeState(
      surroundings: surroundings, modprobeDropIns: dropIns(DropInSearchPath.modprobe),
      modulesLoadDropIns: dropIns(DropInSearchPath.modulesLoad),
      entries: files.filter { $0.key.hasPrefix("/etc/mod") }.reduce(into: [:]) { entries, file in
        entries[PathKey(file.key)] = FileEntry(
          path: file.key, kind: .regular, mode: FileMode(0o644), account: .root, contents: Array(file.value.utf8))
      },
      writable: ["/etc/modprobe.d": .yes, "/etc/modules-load.d": .yes])
    node.softdepsInTree = [udpTunnel]
    return node
  }
}
