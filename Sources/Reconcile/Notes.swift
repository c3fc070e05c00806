package import Modprobe

/// Facts about a node that no verdict holds and that a person wants to know: one sentence each.
package struct Notes {
  private let module: ModuleName
  private let node: NodeState

  package init(module: ModuleName, node: NodeState) {
    self.module = module
    self.node = node
  }

  package var all: [String] {
    [
      dependencies, softdep, wildcards, stock, hardening, otherKernels, conntrack, skippedLines, unreadable, signature,
    ].flatMap(\.self)
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
    node.configuration.blacklistRules(of: module).filter { $0.isStockRHEL(module) }.map {
      "\($0.location.file) is RHEL's stock file of kernel-modules-extra: it keeps unprivileged users from autoloading"
    }
  }

  private var hardening: [String] {
    node.configuration.installRules(matching: module).filter { $0.stops(module) }.map {
      "the install line at \($0.location) is a hardening rule (CIS and STIG ask for it): it stops every way of loading"
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
    guard module == ModuleName("sctp"), let tracks = node.kernel.conntrackSCTP else { return [] }
    return [
      tracks
        ? "connection tracking knows SCTP: ClusterIP and NodePort Services can translate it"
        : "connection tracking does not know SCTP: pod-to-pod works, ClusterIP and NodePort Services do not"
    ]
  }

  private var skippedLines: [String] {
    node.configuration.skipped.map { "kmod skips \($0.location): \($0.text) (\($0.reason))" }
  }

  private var unreadable: [String] { node.unreadable.map { "\($0): its rules are not known" } }

  private var signature: [String] {
    guard node.modules[module]?.signed == false else { return [] }
    return ["the module file bears no signature"]
  }
}

extension ModprobeRule {
  /// True of the files that RHEL's kernel package generates, one per module: `NAME-blacklist.conf` or
  /// `RELEASE-NAME-denylist.conf` with one directive.
  fileprivate func isStockRHEL(_ module: ModuleName) -> Bool {
    location.file.hasSuffix("/\(module)-blacklist.conf") || location.file.hasSuffix("-\(module)-denylist.conf")
  }
}
