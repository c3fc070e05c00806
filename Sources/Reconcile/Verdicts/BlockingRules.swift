import MachineIntent
import Modprobe

/// The rules of a node that can stand in a module's way, grouped by who obeys them.
struct BlockingRules {
  private let module: ModuleName
  private let node: NodeState
  private let desired: DesiredState?
  private let configuration: ModprobeConfiguration
  private let facts: ModuleFacts?
  /// The module and those of its dependencies that still have to be loaded.
  private let toLoad: [ModuleName]

  init(module: ModuleName, node: NodeState, desired: DesiredState?) {
    self.module = module
    self.node = node
    self.desired = desired
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
          .noModuleSupport, module: module, location: .source("kernel \(node.kernel.release)"),
          text: "kernel \(node.kernel.release) is built without loadable modules and without \(module)",
          remedy: "boot a kernel with CONFIG_MODULES=y or CONFIG_IP_SCTP=y")
      ]
    }
    return toLoad.compactMap { name in
      guard let facts = node.modules[name] else { return nil }
      if facts.state == .missing { return missing(name, facts) }
      return facts.damage.map { damage in
        Blocker(
          .unreadableModule, module: name, location: .source(facts.file ?? name.rawValue),
          text: "module file \(facts.file ?? name.rawValue) is damaged: \(damage)",
          remedy: Remedy.reinstall(node.kernel.release))
      }
    }
  }

  /// Files that this agent's libkmod cannot unpack: the node's own modprobe has a libkmod of its own.
  var unreadable: [Blocker] {
    guard !isLoaded, node.kernel.supportsModules else { return [] }
    return toLoad.compactMap { name in
      guard let facts = node.modules[name], let file = facts.file else { return nil }
      return facts.unreadable.map { reason in
        Blocker(
          .unreadableModule, module: name, location: .source(file),
          text: "module file \(file) cannot be read: \(reason)",
          remedy: "modprobe \(name)   # on the node; and give the agent a libkmod that can")
      }
    }
  }

  /// What RHEL keeps in kernel-modules-extra, of what this agent is for.
  private static let inExtraPackage: Set<ModuleName> = [ModuleName("sctp"), ModuleName("sctp_diag")]

  /// A module that is not there for one of four reasons, each with its own cure.
  private func missing(_ name: ModuleName, _ facts: ModuleFacts) -> Blocker {
    let release = node.kernel.release
    let tree = ModuleDirectory.of(release)
    func blocker(at file: String, _ text: String, _ remedy: String) -> Blocker {
      Blocker(
        .moduleMissing, module: name, location: .source(file), text: text, remedy: remedy)
    }
    if let gone = facts.goneFile {
      return blocker(
        at: gone, "the file of \(name), which modules.dep names, is gone: \(gone)", Remedy.reinstall(release))
    }
    switch node.moduleTree {
    case .missing:
      return blocker(
        at: tree, "there is no \(tree): the modules of kernel \(release) are not installed, or not mounted here",
        "dnf install kernel-modules-extra-\(release)   # in a pod: mount the node's /lib/modules at the root's")
    case .notIndexed:
      return blocker(
        at: tree, "there is no \(tree)/modules.dep, without which no module is found by its name",
        "depmod -a \(release)")
    case .indexed where !Self.inExtraPackage.contains(name):
      return blocker(
        at: tree, "there is no \(name) for kernel \(release): its package is not installed, or the name is misspelt",
        "dnf provides " + Remedy.quoted("*/\(name).ko*"))
    case .indexed:
      return blocker(
        at: tree, "there is no \(name) for kernel \(release): its package kernel-modules-extra is not installed",
        "dnf install kernel-modules-extra-\(release)   # Debian has it in linux-image, Ubuntu in linux-modules-extra")
    }
  }

  // MARK: modprobe.d

  /// Where the very bytes that are declared hold the rule, they would come back.
  private func remedy(for rule: ModprobeRule) -> String {
    let key = PathKey(rule.location.file)
    guard let file = desired?.files.first(where: { PathKey($0.path) == key }), let contents = file.contents,
      node.entries[key]?.contents == contents + file.appended
    else { return Remedy.commentOut(rule.location) }
    return Remedy.undeclare(rule.location, of: file)
  }

  var blacklists: [Blocker] {
    guard !isBuiltin else { return [] }
    return configuration.blacklistRules(of: module).map { rule in
      let onCommandLine = rule.location == .kernelCommandLine
      return Blocker(
        .blacklist, module: module, location: rule.location, text: rule.text,
        remedy: onCommandLine ? Remedy.commandLine(rule.text, without: module) : remedy(for: rule))
    }
  }

  var installs: [Blocker] {
    guard !isBuiltin else { return [] }
    return toLoad.flatMap { name in
      node.installRules(stopping: name).map { rule in
        Blocker(
          .install, module: name, location: rule.location, text: rule.text, remedy: remedy(for: rule))
      }
    }
  }

  /// Those that also stop a load by the module's name: its own install line loads it, but told to obey blacklists.
  var blacklistsOfItsCommand: [Blocker] {
    guard !node.ignoresInstallLines(of: module),
      case .install(_, let text)? = configuration.installRules(matching: module).first?.directive,
      InstallCommand(text).effect(on: module) == .loads(obeyingBlacklists: true)
    else { return [] }
    return blacklists
  }

  /// What keeps the kernel's requests for a socket from the module.
  ///
  /// The kernel asks for `net-pf-2-proto-132-type-1` first (inet_create in net/ipv4/af_inet.c), which only the
  /// configuration can answer.
  var requestRules: [Blocker] {
    let typed = "-type-1"
    let unanswered = requests.filter { request in
      !isCommanded(request + typed)
        && !configuration.aliasRules(matching: request + typed).contains { $0.aliasTarget == module }
    }
    // A command that loads the module by its name does as `modprobe NAME` does.
    guard !requests.isEmpty, requests.allSatisfy({ isCommanded($0 + typed) || isCommanded($0) }) else {
      return aliases(of: unanswered) + blacklists
    }
    return aliases(of: [module.rawValue])
  }

  /// True of a request that an install line answers by loading the module whatever is blacklisted.
  private func isCommanded(_ request: String) -> Bool {
    guard ModuleName(request) != module, configuration.aliasRules(matching: request).isEmpty,
      case .install(_, let text)? = configuration.commandRule(named: request)?.directive
    else { return false }
    return InstallCommand(text).effect(on: module, inPlaceOf: ModuleName(request)) == .loads(obeyingBlacklists: false)
  }

  /// Aliases of the configuration that lead a request elsewhere. They come before the module tree's own.
  func aliases(of requests: [String]) -> [Blocker] {
    guard !isBuiltin else { return [] }
    var seen = Set<RuleLocation>()
    return requests.flatMap { request -> [Blocker] in
      let rules = configuration.aliasRules(matching: request)
      guard !rules.contains(where: { $0.aliasTarget == module }) else { return [] }
      // A command line with the name of an alias: kmod takes that for a module before it asks the module tree.
      let command = rules.isEmpty ? configuration.commandRule(named: request, keepingFrom: module) : nil
      return (rules + (command.map { [$0] } ?? [])).filter { seen.insert($0.location).inserted }.map { rule in
        Blocker(
          rules.isEmpty ? .install : .alias, module: module, location: rule.location, text: rule.text,
          remedy: remedy(for: rule))
      }
    }
  }

  // MARK: The kernel and the process

  /// Switches that refuse any further load; a module that is already in needs none.
  var kernelSwitches: [Blocker] {
    guard !isLoaded, node.kernel.supportsModules else { return [] }
    let kernel = node.kernel
    var blockers = toLoad.filter(kernel.commandLine.moduleBlacklist.contains).map { name in
      Blocker(
        .kernelBlacklist, module: name, location: .kernelCommandLine, text: kernel.commandLine.moduleBlacklistWord,
        remedy: Remedy.commandLine(kernel.commandLine.moduleBlacklistWord, without: name))
    }
    if kernel.modulesDisabled {
      blockers.append(
        Blocker(
          .modulesDisabled, module: module, location: .source("modules_disabled"),
          text: "kernel.modules_disabled = 1", remedy: modulesDisabledRemedy))
    }
    for name in toLoad where node.modules[name]?.signed == false {
      if kernel.enforcesSignatures {
        blockers.append(
          Blocker(
            .signature, module: name, location: .source("module.sig_enforce"),
            text: "\(name) is not signed and the kernel takes only signed modules",
            remedy: Remedy.reinstall(kernel.release) + "   # for a module of your own: mokutil --import KEY.der"))
      } else if let lockdown = kernel.lockdown, lockdown != "none" {
        blockers.append(
          Blocker(
            .lockdown, module: name, location: .source("lockdown"),
            text: "\(name) is not signed and the kernel is locked down (\(lockdown))",
            remedy: Remedy.reinstall(kernel.release) + "   # or boot without lockdown"))
      }
    }
    return blockers
  }

  /// Where the switch is turned on, if that can be seen: it is one-way until the next boot.
  private var modulesDisabledRemedy: String {
    if node.kernel.commandLine.disablesModules { return Remedy.commandLine("sysctl.kernel.modules_disabled=1") }
    if let setting = node.sysctls.last(where: { $0.matches("kernel/modules_disabled") && $0.value == "1" }) {
      return Remedy.commentOut(setting.location, in: DropInSearchPath.sysctl[0]) + "   # then reboot"
    }
    return "systemctl reboot   # and find who sets it: no file of sysctl.d does"
  }

  /// The kernel starts the program named in `kernel.modprobe`; empty turns autoload off (sysctl/kernel.rst).
  var autoloadSwitch: [Blocker] {
    guard !isLoaded, let path = node.kernel.modprobePath,
      path.isEmpty || path.hasSuffix("/true") || path.hasSuffix("/false") || !node.kernel.modprobeExists
    else { return [] }
    let setting = node.sysctls.last { $0.matches("kernel/modprobe") && $0.value == path }
    return [
      Blocker(
        .autoloadDisabled, module: module, location: .source("kernel.modprobe"),
        text: "autoload is off: kernel.modprobe = '\(path)'",
        remedy: "sysctl -w kernel.modprobe=/sbin/modprobe"
          + (setting.map { " && " + Remedy.commentOut($0.location, in: DropInSearchPath.sysctl[0]) } ?? ""))
    ]
  }

  var loadService: [Blocker] {
    guard node.loadServiceMasked else { return [] }
    return [
      Blocker(
        .loadServiceMasked, module: module,
        location: .source("/etc/systemd/system/systemd-modules-load.service"),
        text: "systemd-modules-load.service is masked", remedy: "systemctl unmask systemd-modules-load.service")
    ]
  }

  var processRights: [Blocker] {
    guard !isLoaded, node.kernel.supportsModules, node.kernel.mayLoadModules == false else { return [] }
    return [
      Blocker(
        .noCapability, module: module, location: .source("CAP_SYS_MODULE"),
        text: "this process lacks CAP_SYS_MODULE in the initial user namespace",
        remedy: "run as root with CAP_SYS_MODULE (in a pod: securityContext.capabilities.add: [SYS_MODULE])")
    ]
  }
}
