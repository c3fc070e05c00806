import Modprobe

/// The rules of an intent's own files that stop a module which the intent wants loaded.
struct IntentConflicts {
  struct Conflict: Hashable {
    let rule: ModprobeRule
    /// The module wanted.
    let module: ModuleName
    /// The module, or what it cannot do without, or the name by which the kernel asks for it: the first that was found.
    let stopped: String

    static func == (left: Self, right: Self) -> Bool { left.rule == right.rule && left.module == right.module }

    func hash(into hasher: inout Hasher) {
      hasher.combine(rule)
      hasher.combine(module)
    }
  }

  private let configuration: ModprobeConfiguration

  /// What the kernel asks for when a program opens a socket, and what has to be loaded before: known beforehand for the
  /// two modules whose place in the kernel is, as a MachineConfig is reviewed far from any node.
  private static let requests: [ModuleName: [String]] = [
    ModuleName("sctp"): ["net-pf-2-proto-132", "net-pf-10-proto-132"],
    ModuleName("sctp_diag"): ["net-pf-16-proto-4-type-2-132"],
  ]
  private static let dependencies: [ModuleName: [ModuleName]] = [
    ModuleName("sctp"): ["udp_tunnel", "ip6_udp_tunnel", "libcrc32c"].map { ModuleName($0) },
    ModuleName("sctp_diag"): ["sctp", "inet_diag", "udp_tunnel", "ip6_udp_tunnel", "libcrc32c"].map { ModuleName($0) },
  ]

  init(_ files: [DesiredFile]) {
    let dropIns = files.filter { WritablePath.Directory(of: $0.path) == .modprobe }.map { file in
      DropIn(path: file.path, contents: (file.contents ?? []) + file.appended)
    }
    configuration = ModprobeConfiguration(dropIns: .modprobe([dropIns]))
  }

  func all(against wanted: [ModuleName]) -> [Conflict] {
    guard !configuration.rules.isEmpty else { return [] }
    return wanted.flatMap(conflicts)
  }

  private func conflicts(with module: ModuleName) -> [Conflict] {
    var conflicts = configuration.blacklistRules(of: module).map {
      Conflict(rule: $0, module: module, stopped: module.rawValue)
    }
    for name in [module] + Self.dependencies[module, default: []] {
      if let rule = configuration.installRules(stopping: name).first {
        conflicts.append(Conflict(rule: rule, module: module, stopped: name.rawValue))
      }
    }
    for request in [module.rawValue] + Self.requests[module, default: []] {
      conflicts += takers(of: request, from: module).map { Conflict(rule: $0, module: module, stopped: request) }
    }
    return conflicts
  }

  /// Aliases that lead a request elsewhere, or the command of its very name.
  private func takers(of request: String, from module: ModuleName) -> [ModprobeRule] {
    let aliases = configuration.aliasRules(matching: request)
    guard aliases.isEmpty else { return aliases.contains { $0.aliasTarget == module } ? [] : aliases }
    return configuration.commandRule(named: request, keepingFrom: module).map { [$0] } ?? []
  }
}
