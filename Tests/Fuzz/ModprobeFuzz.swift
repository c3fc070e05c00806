import Modprobe

/// Bytes as a file of modprobe.d or an index of the module tree may hold them; the first byte chooses.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzModprobe(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  guard count > 0 else { return 0 }
  let bytes = Array(UnsafeBufferPointer(start: start + 1, count: count - 1))
  guard start[0] % 4 == 3 else {
    readDropIn(bytes)
    return 0
  }
  let index = ModuleIndex(dep: bytes, alias: bytes, builtin: bytes)
  let modules: Set = [ModuleName("sctp"), ModuleName("udp_tunnel")]
  _ = (index.files(of: modules), index.builtin(among: modules), index.aliases(of: modules))
  _ = index.modules(forAliases: [ModuleName("net-pf-2-proto-132"), ModuleName("net-pf-10-proto-132")])
  return 0
}

private func readDropIn(_ bytes: [UInt8]) {
  let path = "/etc/modprobe.d/a.conf"
  let file = ModprobeFile(path: path, contents: bytes)
  let lines = Set(file.rules.map(\.location.line))
  precondition(!lines.contains { $0 < 1 }, "a rule stands before the first line")
  let edited = DropInEdit.commentingOut(lines: lines, of: bytes)
  precondition(ModprobeFile(path: path, contents: edited).rules.isEmpty, "a rule survived being commented out")
  precondition(DropInEdit.commentingOut(lines: [], of: bytes) == bytes, "an edit of nothing changed something")
  let configuration = ModprobeConfiguration(
    dropIns: .modprobe([[DropIn(path: path, contents: bytes)]]), softdepIndex: bytes,
    commandLine: KernelCommandLine(bytes))
  let module = ModuleName("sctp")
  _ = (configuration.showConfig(), configuration.softdeps(of: module), configuration.hasSoftdep(module))
  for rule in configuration.installRules(matching: module) {
    if case .install(_, let command) = rule.directive { _ = InstallCommand(command).effect(on: module) }
  }
  _ = configuration.aliasRules(matching: "net-pf-2-proto-132")
}
