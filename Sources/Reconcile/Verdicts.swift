package import MachineIntent
package import Modprobe

/// Whether one way of loading a module is open.
package struct Verdict: Hashable, Sendable {
  /// Every rule in the way, the winning one first.
  package let blockedBy: [Blocker]

  package var isOpen: Bool { blockedBy.isEmpty }
}

/// The three ways in which a module gets loaded, judged apart: they do not obey the same rules.
package struct Verdicts: Hashable, Sendable {
  /// `socket()` makes the kernel start modprobe with an alias: obeys blacklists.
  package let autoload: Verdict
  /// systemd-modules-load: obeys blacklists too (systemd's `module_load_and_warn`).
  package let boot: Verdict
  /// The line that asks for it at boot; nil: none does.
  package let bootRequest: LoadRequests.Request?
  /// `modprobe NAME`: a blacklist does not stop it, an `install` line does, or sees to it that a blacklist does.
  package let explicit: Verdict

  package var allOpen: Bool { autoload.isOpen && boot.isOpen && explicit.isOpen }

  /// Each blocker once, autoload's first.
  package var blockers: [Blocker] {
    var seen = Set<Blocker>()
    return (autoload.blockedBy + boot.blockedBy + explicit.blockedBy).filter { seen.insert($0).inserted }
  }

  /// - Parameters:
  ///   - module: the module asked for.
  ///   - node: what was observed.
  ///   - desired: what is declared, so that no remedy touches that; nil: nothing is.
  package init(module: ModuleName, node: NodeState, desired: DesiredState? = nil) {
    let rules = BlockingRules(module: module, node: node, desired: desired)
    let (tree, aliases, blacklists) = (rules.tree, rules.aliases(of: [module.rawValue]), rules.blacklists)
    let last = rules.installs + rules.kernelSwitches
    autoload = Verdict(blockedBy: tree + rules.autoloadSwitch + rules.requestRules + last)
    bootRequest = node.loadRequests.request(for: module)
    boot = Verdict(blockedBy: tree + rules.loadService + aliases + blacklists + last)
    explicit = Verdict(
      blockedBy: tree + aliases + rules.blacklistsOfItsCommand + last + rules.unreadable + rules.processRights)
  }

  private init(autoload: Verdict, boot: Verdict, bootRequest: LoadRequests.Request?, explicit: Verdict) {
    self.autoload = autoload
    self.boot = boot
    self.bootRequest = bootRequest
    self.explicit = explicit
  }

  /// The same once the kernel has refused the file itself, which stops every way that seemed open.
  func refused(for blocker: Blocker) -> Verdicts {
    func judged(_ verdict: Verdict) -> Verdict { verdict.isOpen ? Verdict(blockedBy: [blocker]) : verdict }
    return Verdicts(
      autoload: judged(autoload), boot: judged(boot), bootRequest: bootRequest, explicit: judged(explicit))
  }
}
