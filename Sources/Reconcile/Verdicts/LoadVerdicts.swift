package import MachineIntent
package import Modprobe

/// Whether one way of loading a module is open.
package struct LoadVerdict: Hashable, Sendable {
  /// Every rule in the way, the winning one first.
  package let blockedBy: [Blocker]

  package var isOpen: Bool { blockedBy.isEmpty }
}

/// The three ways in which a module gets loaded, judged apart: they do not obey the same rules.
package struct LoadVerdicts: Hashable, Sendable {
  /// `socket()` makes the kernel start modprobe with an alias: obeys blacklists.
  package let autoload: LoadVerdict
  /// systemd-modules-load: obeys blacklists too (systemd's `module_load_and_warn`).
  package let boot: LoadVerdict
  /// The line that asks for it at boot; nil: none does.
  package let bootRequest: LoadRequests.Request?
  /// `modprobe NAME`: a blacklist does not stop it, an `install` line does, or sees to it that a blacklist does.
  package let explicit: LoadVerdict

  package var allOpen: Bool { autoload.isOpen && boot.isOpen && explicit.isOpen }

  /// - Parameters:
  ///   - module: the module asked for.
  ///   - node: what was observed.
  ///   - desired: what is declared, so that no remedy touches that; nil: nothing is.
  package init(module: ModuleName, node: NodeState, desired: DesiredState? = nil) {
    let rules = BlockingRules(module: module, node: node, desired: desired)
    let (tree, aliases, blacklists) = (rules.tree, rules.aliases(of: [module.rawValue]), rules.blacklists)
    let last = rules.installs + rules.kernelSwitches
    autoload = LoadVerdict(blockedBy: tree + rules.autoloadSwitch + rules.requestRules + last)
    bootRequest = node.loadRequests.request(for: module)
    boot = LoadVerdict(blockedBy: tree + rules.loadService + aliases + blacklists + last)
    explicit = LoadVerdict(
      blockedBy: tree + aliases + rules.blacklistsOfItsCommand + last + rules.unreadable + rules.processRights)
  }

  private init(autoload: LoadVerdict, boot: LoadVerdict, bootRequest: LoadRequests.Request?, explicit: LoadVerdict) {
    self.autoload = autoload
    self.boot = boot
    self.bootRequest = bootRequest
    self.explicit = explicit
  }

  /// The same once the kernel has refused the file itself, which stops every way that seemed open.
  func refused(for blocker: Blocker) -> LoadVerdicts {
    func judged(_ verdict: LoadVerdict) -> LoadVerdict { verdict.isOpen ? LoadVerdict(blockedBy: [blocker]) : verdict }
    return LoadVerdicts(
      autoload: judged(autoload), boot: judged(boot), bootRequest: bootRequest, explicit: judged(explicit))
  }
}
