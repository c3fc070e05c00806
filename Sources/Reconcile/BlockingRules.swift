import Modprobe

/// The rules of a node that can stand in a module's way, grouped by who obeys them.
struct BlockingRules {
  private let module: ModuleName
  private let node: NodeState
  private let configuration: ModprobeConfiguration
  private let facts: ModuleFacts?
  /// The module and those of its dependencies that still have to be loaded.
  private let toLoad: [ModuleName]

  init(module: ModuleName, node: NodeState) {
    self.module = module
    self.node = node
    configuration = node.configuration
    facts = node.modules[module]
    let dependencies = node.closure(of: module).dropFirst()
    toLoad = [module] + dependencies.filter { node.modules[$0]?.state.isUsable != true }
  }

  private var isBuiltin: Bool { facts?.state == .builtin }
  private var isLoaded: Bool { facts?.state.isUsable == true }

  /// The aliases that the kernel asks for when a program opens a socket; the plain name for a module without any.
  var requests: [String] {
    let aliases = facts?.aliases ?? []
    let sockets = aliases.filter { $0.hasPrefix("net-pf-") }
    return sockets.isEmpty ? (aliases.isEmpty ? [module.rawValue] : aliases) : sockets
  }

  // MARK: The module tree

  var tree: [Blocker] {
    guard !isLoaded else { return [] }
    if !node.kernel.supportsModules {
      return [
        Blocker(
          .noModuleSupport, module: module, location: RuleLocation(file: "kernel \(node.kernel.release)", line: 0),
          text: "kernel \(node.kernel.release) is built without loadable modules and without \(module)",
          remedy: "boot a kernel with CONFIG_MODULES=y or CONFIG_IP_SCTP=y")
      ]
    }
    return toLoad.compactMap { name in
      guard let facts = node.modules[name] else { return nil }
      if facts.state == .missing { return missing(name) }
      return facts.unreadable.map { reason in
        Blocker(
          .unreadableModule, module: name, location: RuleLocation(file: facts.file ?? name.rawValue, line: 0),
          text: "module file \(facts.file ?? name.rawValue) cannot be read: \(reason)",
          remedy: "use an agent image whose libkmod reads this compression")
      }
    }
  }

  private func missing(_ name: ModuleName) -> Blocker {
    let release = node.kernel.release
    return Blocker(
      .moduleMissing, module: name, location: RuleLocation(file: "/lib/modules/\(release)", line: 0),
      text: "there is no \(name) for kernel \(release)",
      remedy: node.modules.values.contains { $0.state != .missing && $0.state != .builtin }
        || node.otherKernels.contains { $0.hasSCTP == true }
        ? "dnf install kernel-modules-extra-\(release) && depmod -a \(release)"
        : "dnf install kernel-modules-extra-\(release) && depmod -a \(release)"
          + "   # on RHCOS it is part of the image: check that /lib/modules is mounted")
  }

  // MARK: modprobe.d

  var blacklists: [Blocker] {
    guard !isBuiltin else { return [] }
    return configuration.blacklistRules(of: module).map { rule in
      let onCommandLine = rule.location == .kernelCommandLine
      return Blocker(
        .blacklist, module: module, location: rule.location, text: rule.text,
        remedy: onCommandLine ? Remedy.commandLine("modprobe.blacklist=\(module)") : Remedy.commentOut(rule.location))
    }
  }

  var installs: [Blocker] {
    guard !isBuiltin else { return [] }
    return toLoad.flatMap { name -> [Blocker] in
      // kmod drops a module's install command when the module has a softdep (libkmod: ignorecmd).
      guard !node.ignoresInstallLines(of: name), let winner = configuration.installRules(matching: name).first,
        winner.stops(name)
      else { return [] }
      return configuration.installRules(matching: name).filter({ $0.stops(name) }).map { rule in
        Blocker(
          .install, module: name, location: rule.location, text: rule.text, remedy: Remedy.commentOut(rule.location))
      }
    }
  }

  /// Aliases of the configuration that lead a request elsewhere. They come before the module tree's own.
  func aliases(of requests: [String]) -> [Blocker] {
    guard !isBuiltin else { return [] }
    var seen = Set<RuleLocation>()
    return requests.flatMap { request -> [Blocker] in
      let rules = configuration.aliasRules(matching: request)
      if rules.isEmpty { return command(taking: request).filter { seen.insert($0.location).inserted } }
      guard !rules.contains(where: { $0.aliasTarget == module }) else { return [] }
      return rules.filter { seen.insert($0.location).inserted }.map { rule in
        Blocker(
          .alias, module: module, location: rule.location, text: rule.text, remedy: Remedy.commentOut(rule.location))
      }
    }
  }

  /// A command line with the name of an alias: kmod takes that for a module before it asks the module tree.
  private func command(taking request: String) -> [Blocker] {
    guard ModuleName(request) != module, let rule = configuration.commandRule(named: request) else { return [] }
    if case .install(_, let command) = rule.directive,
      InstallCommand(command).effect(on: module, inPlaceOf: ModuleName(request)) == .loads
    {
      return []
    }
    return [
      Blocker(
        .install, module: module, location: rule.location, text: rule.text, remedy: Remedy.commentOut(rule.location))
    ]
  }

  // MARK: The kernel and the process

  /// Switches that refuse any further load; a module that is already in needs none.
  var kernelSwitches: [Blocker] {
    guard !isLoaded, node.kernel.supportsModules else { return [] }
    let kernel = node.kernel
    var blockers = toLoad.filter(kernel.commandLine.moduleBlacklist.contains).map { name in
      Blocker(
        .kernelBlacklist, module: name, location: .kernelCommandLine, text: "module_blacklist=\(name)",
        remedy: Remedy.commandLine("module_blacklist=\(name)"))
    }
    if kernel.modulesDisabled {
      blockers.append(
        Blocker(
          .modulesDisabled, module: module, location: RuleLocation(file: "modules_disabled", line: 0),
          text: "kernel.modules_disabled = 1",
          remedy: "grep -rs kernel.modules_disabled /etc/sysctl.conf /etc/sysctl.d /run/sysctl.d /usr/lib/sysctl.d"
            + "   # remove it there, then reboot"))
    }
    guard facts?.signed == false else { return blockers }
    if kernel.enforcesSignatures {
      blockers.append(
        Blocker(
          .signature, module: module, location: RuleLocation(file: "module.sig_enforce", line: 0),
          text: "\(module) is not signed and the kernel takes only signed modules",
          remedy: "install the distribution's own kernel-modules-extra, or enrol your key with mokutil --import"))
    } else if let lockdown = kernel.lockdown, lockdown != "none" {
      blockers.append(
        Blocker(
          .lockdown, module: module, location: RuleLocation(file: "lockdown", line: 0),
          text: "\(module) is not signed and the kernel is locked down (\(lockdown))",
          remedy: "install the distribution's own kernel-modules-extra, or boot without lockdown"))
    }
    return blockers
  }

  /// The kernel starts the program named in `kernel.modprobe`; empty turns autoload off (sysctl/kernel.rst).
  var autoloadSwitch: [Blocker] {
    guard !isLoaded, let path = node.kernel.modprobePath,
      path.isEmpty || path.hasSuffix("/true") || path.hasSuffix("/false")
    else { return [] }
    return [
      Blocker(
        .autoloadDisabled, module: module, location: RuleLocation(file: "kernel.modprobe", line: 0),
        text: "autoload is off: kernel.modprobe = '\(path)'", remedy: "sysctl -w kernel.modprobe=/sbin/modprobe")
    ]
  }

  var loadService: [Blocker] {
    guard node.loadServiceMasked else { return [] }
    return [
      Blocker(
        .loadServiceMasked, module: module,
        location: RuleLocation(file: "/etc/systemd/system/systemd-modules-load.service", line: 0),
        text: "systemd-modules-load.service is masked", remedy: "systemctl unmask systemd-modules-load.service")
    ]
  }

  var processRights: [Blocker] {
    guard !isLoaded, node.kernel.supportsModules, node.kernel.mayLoadModules == false else { return [] }
    return [
      Blocker(
        .noCapability, module: module, location: RuleLocation(file: "CAP_SYS_MODULE", line: 0),
        text: "this process lacks CAP_SYS_MODULE in the initial user namespace",
        remedy: "run as root with CAP_SYS_MODULE (in a pod: securityContext.capabilities.add: [SYS_MODULE])")
    ]
  }
}

extension ModprobeRule {
  /// True of an `install` line whose command leaves the module out.
  func stops(_ module: ModuleName) -> Bool {
    if case .install(_, let command) = directive { return InstallCommand(command).effect(on: module) == .stops }
    return false
  }

  /// Where an `alias` line leads; nil for other directives.
  var aliasTarget: ModuleName? {
    if case .alias(_, let target) = directive { return target }
    return nil
  }
}
