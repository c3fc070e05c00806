import Modprobe

/// The rules of an intent's own files that block a module which the intent wants loaded.
struct IntentConflicts {
  struct Conflict: Hashable {
    let rule: ModprobeRule
    /// The wanted module.
    let module: ModuleName
    /// The first of these that the rule blocks: the module, a module that it needs, or a name by which the kernel requests
    /// it.
    let blocked: String

    /// What the rule does to the module.
    var effect: String {
      if blocked == module.rawValue { return "blocks \(module)" }
      let isDependency = IntentConflicts.dependencies[module, default: []].contains { $0.rawValue == blocked }
      return isDependency
        ? "blocks \(blocked), without which the kernel does not load \(module)"
        : "blocks \(blocked), by which the kernel requests \(module)"
    }

    static func == (left: Self, right: Self) -> Bool { left.rule == right.rule && left.module == right.module }

    func hash(into hasher: inout Hasher) {
      hasher.combine(rule)
      hasher.combine(module)
    }
  }

  private let configuration: ModprobeConfiguration

  /// The names that the kernel requests when a program opens a socket. They are fixed here, because a MachineConfig is
  /// reviewed away from any node.
  private static let requests: [ModuleName: [String]] = [
    ModuleName("sctp"): ["net-pf-2-proto-132", "net-pf-10-proto-132"],
    ModuleName("sctp_diag"): ["net-pf-16-proto-4-type-2-132"],
  ]
  /// The modules that have to be loaded first, of all kernels that are in use.
  static let dependencies: [ModuleName: [ModuleName]] = [
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
      Conflict(rule: $0, module: module, blocked: module.rawValue)
    }
    for name in [module] + Self.dependencies[module, default: []] {
      if let rule = configuration.installRules(stopping: name, isDependency: name != module).first {
        conflicts.append(Conflict(rule: rule, module: module, blocked: name.rawValue))
      }
    }
    for request in [module.rawValue] + Self.requests[module, default: []] {
      conflicts += takers(of: request, from: module).map { Conflict(rule: $0, module: module, blocked: request) }
    }
    return conflicts
  }

  /// Returns the options of wanted modules that the kernel refuses, with their rules.
  func invalidOptions(of wanted: [ModuleName]) -> [(rule: ModprobeRule, option: InvalidOption)] {
    configuration.rules.flatMap { rule -> [(rule: ModprobeRule, option: InvalidOption)] in
      guard case .options(let module, let parameters) = rule.directive, wanted.contains(module) else { return [] }
      return KernelParameter.all(in: Array(parameters.utf8)).compactMap { parameter in
        InvalidOption(module: module, name: parameter.name, value: parameter.value).map { (rule, $0) }
      }
    }
  }

  /// Returns the aliases that lead a request to another module, or the install line of the requested name.
  private func takers(of request: String, from module: ModuleName) -> [ModprobeRule] {
    let aliases = configuration.aliasRules(matching: request)
    guard aliases.isEmpty else { return aliases.contains { $0.aliasTarget == module } ? [] : aliases }
    return configuration.commandRule(named: request, keepingFrom: module).map { [$0] } ?? []
  }
}
