package import Modprobe

/// Facts about a node that no verdict contains and that a person should know: one sentence each.
package struct Notes {
  /// The number of skipped lines that get a note each.
  private static let mostSkipped = 32

  private let module: ModuleName
  private let node: NodeState

  package init(module: ModuleName, node: NodeState) {
    self.module = module
    self.node = node
  }

  /// The notes about the module, then those about the node.
  package var all: [String] { ofModule + Self.ofNode(node) }

  /// Returns the notes about several modules, each once, then those about the node.
  static func all(of modules: [ModuleName], node: NodeState) -> [String] {
    var seen = Set<String>()
    return modules.flatMap { Notes(module: $0, node: node).ofModule }.filter { seen.insert($0).inserted } + ofNode(node)
  }

  private var ofModule: [String] {
    [dependencies, softdep, wildcards, stock, hardening, otherKernels, conntrack, skippedSysctls, signature]
      .flatMap(\.self)
  }

  /// The notes that do not depend on a module.
  private static func ofNode(_ node: NodeState) -> [String] {
    [rules(of: node.userland)]
      + node.configuration.skipped.prefix(mostSkipped).map { line in
        node.isPrivate(line.location)
          ? "kmod skips \(line.location): \(NodeState.privateText)"
          : "kmod skips \(line.location): \(line.text.elided(to: 160)) (\(line.message.elided(to: 160)))"
      }
      + node.unreadDropIns.map { "\($0): its rules are not known" }
      + (node.unreadKernel + node.unreadModules + node.unreadRemarks).map { "unknown, because \($0)" }
  }

  /// Which versions the rules are those of.
  private static func rules(of userland: Userland) -> String {
    let unknown = [userland.kmod == nil ? "kmod" : nil, userland.systemd == nil ? "systemd" : nil].compactMap(\.self)
    let applied = "rules applied: kmod \(userland.kmodRules), systemd \(userland.systemdRules)"
    let were = unknown.count == 1 ? "was" : "were"
    let names = unknown.joined(separator: " and ")
    let assumed = " (the node's \(names) \(were) not found: the newest known rules count)"
    return applied + (unknown.isEmpty ? "" : assumed) + (loaderRules(of: userland) ?? "")
  }

  /// Which version counts for a load by the agent, if that is not the node's.
  private static func loaderRules(of userland: Userland) -> String? {
    guard case .agent(let version) = userland.loader, version == nil || version != userland.kmod else { return nil }
    let counted = "; for the explicit way kmod \(userland.loaderRules), "
    return counted
      + (version == nil
        ? "the newest known rules: the version of the agent's own libkmod is not known"
        : "the agent's own libkmod: modprobe on the node obeys the node's")
  }

  private var dependencies: [String] {
    let names = node.closure(of: module).dropFirst()
    return names.isEmpty ? [] : ["\(module) depends on \(names.map(\.rawValue).joined(separator: ", "))"]
  }

  private var softdep: [String] {
    node.ignoresInstallLines(of: module) ? ["\(module) has a softdep, so kmod ignores its install lines"] : []
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
        : "the other installed kernel \(kernel.release) has no sctp: after a boot into it SCTP does not work; "
          + node.distribution.installModules(for: kernel.release)
    }
  }

  private var conntrack: [String] {
    guard module == ModuleName("sctp") else { return [] }
    switch node.kernel.conntrackSCTP {
    case nil:
      return [
        "nf_conntrack is not loaded: whether Services can translate SCTP is not known (Cilium does not need it)"
      ]
    case true?: return ["connection tracking supports SCTP: ClusterIP and NodePort Services can translate it"]
    case false?:
      let cure =
        KernelVersion(release: node.kernel.release) < KernelVersion(4, 19)
        ? "run: modprobe nf_conntrack_proto_sctp" : "the kernel is built without CONFIG_NF_CT_PROTO_SCTP"
      return [
        "connection tracking does not support SCTP: pod to pod works, ClusterIP and NodePort Services do not, except "
          + "with a network plugin that has its own data path, such as Cilium; \(cure)"
      ]
    }
  }

  /// The settings of `net.sctp`, which exist only while the module is loaded: systemd-sysctl skips them at boot.
  private var skippedSysctls: [String] {
    guard module == ModuleName("sctp") else { return [] }
    let settings = node.sysctls.filter { $0.path.hasPrefix("net/sctp/") }
    guard node.modules[module]?.state.isUsable == true else {
      return settings.map {
        "\($0.key) = \($0.value) at \($0.location) has no effect until sctp is loaded; then run: sysctl -p "
          + Remedy.quoted($0.location.file)
      }
    }
    return node.kernel.sctpSysctls.sorted { $0.key < $1.key }.compactMap { name, value in
      guard let setting = settings.last(where: { $0.matches("net/sctp/\(name)") }), setting.value != value else {
        return nil
      }
      let key = SysctlSetting.key(of: "net/sctp/\(name)")
      return "\(key) = \(setting.value) at \(setting.location) was skipped, because sctp was loaded after "
        + "systemd-sysctl had run; the value is \(value); run: sysctl -w \(key)=\(Remedy.quoted(setting.value))"
    }
  }

  private var signature: [String] {
    node.modules[module]?.signed == false ? ["the module file is not signed"] : []
  }

  /// Whether the rule is the only one of a file that RHEL's kernel package generates for the module:
  /// `NAME-blacklist.conf` or `RELEASE-NAME-denylist.conf`.
  private func isStockRHEL(_ rule: ModprobeRule) -> Bool {
    let file = rule.location.file
    guard file.hasSuffix("/\(module)-blacklist.conf") || file.hasSuffix("-\(module)-denylist.conf") else {
      return false
    }
    return node.configuration.rules.count { $0.location.file == file } == 1
  }
}
