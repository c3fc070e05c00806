package import Modprobe

/// Facts about a node that no verdict holds and that a person wants to know: one sentence each.
package struct Notes {
  private let module: ModuleName
  private let node: NodeState

  package init(module: ModuleName, node: NodeState) {
    self.module = module
    self.node = node
  }

  /// Of one module and of the node.
  package var all: [String] { ofModule + Self.ofNode(node) }

  /// Of several modules, and once of the node.
  static func all(of modules: [ModuleName], node: NodeState) -> [String] {
    var seen = Set<String>()
    return modules.flatMap { Notes(module: $0, node: node).ofModule }.filter { seen.insert($0).inserted } + ofNode(node)
  }

  private var ofModule: [String] {
    [dependencies, softdep, wildcards, stock, hardening, otherKernels, conntrack, skippedSysctls, signature]
      .flatMap(\.self)
  }

  /// Whatever the module.
  private static func ofNode(_ node: NodeState) -> [String] {
    node.configuration.skipped.map { "kmod skips \($0.location): \($0.text) (\($0.message))" }
      + node.unreadDropIns.map { "\($0): its rules are not known" }
      + (node.unreadKernel + node.unreadModules + node.unreadRemarks).map { "unknown, because \($0)" }
  }

  private var dependencies: [String] {
    let names = node.closure(of: module).dropFirst()
    return names.isEmpty ? [] : ["\(module) depends on \(names.map(\.rawValue).joined(separator: ", "))"]
  }

  private var softdep: [String] {
    node.ignoresInstallLines(of: module)
      ? ["\(module) has a softdep, so kmod ignores its install lines"] : []
  }

  private var wildcards: [String] {
    node.configuration.installRules(matching: module).compactMap { rule in
      guard case .install(let pattern, _) = rule.directive, pattern.contains(where: "*?[".contains) else { return nil }
      return "the install line at \(rule.location) is a pattern: '\(pattern)' matches other modules too"
    }
  }

  private var stock: [String] {
    node.configuration.blacklistRules(of: module).filter { isStockRHEL($0) }.map {
      "\($0.location.file) is RHEL's stock file of kernel-modules-extra: it keeps unprivileged users from autoloading"
    }
  }

  private var hardening: [String] {
    node.installRules(stopping: module).map {
      "the install line at \($0.location) is a hardening rule, as CIS, STIG and their MachineConfigs write it: "
        + "it stops every way of loading"
    }
  }

  private var otherKernels: [String] {
    guard module == ModuleName("sctp") else { return [] }
    return node.otherKernels.filter { $0.hasSCTP != true }.map { kernel in
      kernel.hasSCTP == nil
        ? "the module index of the other installed kernel \(kernel.release) cannot be read"
        : "the other installed kernel \(kernel.release) has no sctp: booting it loses SCTP; "
          + "dnf install kernel-modules-extra-\(kernel.release)"
    }
  }

  private var conntrack: [String] {
    guard module == ModuleName("sctp") else { return [] }
    guard let tracks = node.kernel.conntrackSCTP else {
      return ["no connection tracking is at work here: whether Services can translate SCTP is not known"]
    }
    return [
      tracks
        ? "connection tracking knows SCTP: ClusterIP and NodePort Services can translate it"
        : "connection tracking does not know SCTP: pod-to-pod works, ClusterIP and NodePort Services do not"
    ]
  }

  /// `net.sctp` comes with the module, and systemd-sysctl has then long passed over its settings.
  private var skippedSysctls: [String] {
    guard module == ModuleName("sctp") else { return [] }
    let settings = node.sysctls.filter { $0.path.hasPrefix("net/sctp/") }
    guard node.modules[module]?.state.isUsable == true else {
      return settings.map {
        "\($0.key) = \($0.value) at \($0.location) is skipped for as long as sctp is not loaded; "
          + "after a load apply it: sysctl -p \(Remedy.quoted($0.location.file))"
      }
    }
    return node.kernel.sctpSysctls.sorted { $0.key < $1.key }.compactMap { name, value in
      guard let setting = settings.last(where: { $0.matches("net/sctp/\(name)") }), setting.value != value else {
        return nil
      }
      let key = SysctlSetting.key(of: "net/sctp/\(name)")
      return
        "\(key) = \(setting.value) at \(setting.location) was skipped, as a load after systemd-sysctl does, and is "
        + "\(value); apply it: sysctl -w \(key)=\(Remedy.quoted(setting.value))"
    }
  }

  private var signature: [String] {
    guard node.modules[module]?.signed == false else { return [] }
    return ["the module file bears no signature"]
  }

  /// True of the files that RHEL's kernel package generates, one per module: `NAME-blacklist.conf` or
  /// `RELEASE-NAME-denylist.conf`, with one directive.
  private func isStockRHEL(_ rule: ModprobeRule) -> Bool {
    let file = rule.location.file
    guard file.hasSuffix("/\(module)-blacklist.conf") || file.hasSuffix("-\(module)-denylist.conf") else {
      return false
    }
    return node.configuration.rules.count { $0.location.file == file } == 1
  }
}
