package import MachineIntent
package import Modprobe

/// Whether one way of loading a module is open.
package struct LoadVerdict: Hashable, Sendable {
  /// Every rule that blocks the way, the winning one first.
  package let blockedBy: [Blocker]

  package var isOpen: Bool { blockedBy.isEmpty }
}

/// The three ways to load a module, each judged by itself: they obey different rules.
package struct LoadVerdicts: Hashable, Sendable {
  /// A load by `socket()`, which makes the kernel start modprobe with an alias. It obeys blacklists.
  package let autoload: LoadVerdict
  /// A load by systemd-modules-load, which obeys blacklists too (systemd's `module_load_and_warn`).
  package let boot: LoadVerdict
  /// The line that requests the module at boot, or nil if no line does.
  package let bootRequest: LoadRequests.Request?
  /// A load by `modprobe NAME`. A blacklist stops it only through an `install` line that obeys blacklists or an alias. For
  /// an agent with a root of its own, as in a pod, the rules are those of the libkmod by which it loads.
  package let explicit: LoadVerdict

  package var allOpen: Bool { autoload.isOpen && boot.isOpen && explicit.isOpen }

  /// - Parameters:
  ///   - module: the module asked for.
  ///   - node: what was observed.
  ///   - desired: what is declared, so that no remedy contradicts it; nil if nothing is.
  ///   - context: what the remedies depend on besides the node.
  package init(
    module: ModuleName, node: NodeState, desired: DesiredState? = nil, context: RemedyContext = RemedyContext()
  ) {
    func obeying(_ configuration: ModprobeConfiguration) -> BlockingRules {
      BlockingRules(module: module, node: node, configuration: configuration, desired: desired, context: context)
    }
    let rules = obeying(node.configuration)
    let (tree, blacklists) = (rules.tree, rules.blacklists)
    let last = rules.lastRules
    autoload = LoadVerdict(blockedBy: tree + rules.autoloadSwitch + rules.requestRules + last)
    bootRequest = node.loadRequests.request(for: module)
    boot = LoadVerdict(blockedBy: tree + rules.loadService + rules.aliasesOfItsName + blacklists + last)
    let others = node.agentConfiguration.map(obeying)
    let own = others ?? rules
    explicit = LoadVerdict(
      blockedBy: tree + own.aliasesOfItsName + own.blacklistsOfItsName + (others?.lastRules ?? last) + own.unreadable
        + own.processRights)
  }

  private init(autoload: LoadVerdict, boot: LoadVerdict, bootRequest: LoadRequests.Request?, explicit: LoadVerdict) {
    self.autoload = autoload
    self.boot = boot
    self.bootRequest = bootRequest
    self.explicit = explicit
  }

  /// Returns the verdicts after the kernel has refused the file itself, which closes every way.
  func refused(for blocker: Blocker) -> LoadVerdicts {
    func judged(_ verdict: LoadVerdict) -> LoadVerdict { verdict.isOpen ? LoadVerdict(blockedBy: [blocker]) : verdict }
    return LoadVerdicts(
      autoload: judged(autoload), boot: judged(boot), bootRequest: bootRequest, explicit: judged(explicit))
  }
}
