import MachineIntent
import Modprobe

/// The rules of a node that can block a module, grouped by what obeys them.
struct BlockingRules {
  private let module: ModuleName
  private let node: NodeState
  private let desired: DesiredState?
  private let configuration: ModprobeConfiguration
  private let facts: ModuleFacts?
  /// The module and those of its dependencies that still have to be loaded.
  private let toLoad: [ModuleName]
  /// The effects of their own install lines, as far as kmod obeys them.
  private let commands: [ModuleName: InstallCommand.Effect]
  private let distribution: Distribution
  private let context: RemedyContext

  /// - Parameter configuration: the rules that are obeyed, which depend on the libkmod that loads.
  init(
    module: ModuleName, node: NodeState, configuration: ModprobeConfiguration, desired: DesiredState?,
    context: RemedyContext
  ) {
    self.module = module
    self.node = node
    self.desired = desired
    self.context = context
    self.configuration = configuration
    distribution = node.distribution
    facts = node.modules[module]
    let dependencies = node.closure(of: module).dropFirst()
    toLoad = [module] + dependencies.filter { node.modules[$0]?.state.isUsable != true }
    var commands: [ModuleName: InstallCommand.Effect] = [:]
    for name in toLoad {
      guard case .install(_, let text)? = configuration.installRules(matching: name).first?.directive,
        !configuration.hasSoftdep(name, isInTree: node.softdepsInTree.contains)
      else { continue }
      commands[name] = InstallCommand(text).effect(on: name)
    }
    self.commands = commands
  }

  private var isBuiltin: Bool { facts?.state == .builtin }
  private var isLoaded: Bool { facts?.state.isUsable == true }

  /// The aliases that the kernel requests when a program opens a socket, or the plain name if the module has none.
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
          remedy: distribution.reinstallModules(for: node.kernel.release))
      }
    }
  }

  /// The files that only this agent cannot read, such as those that its libkmod cannot decompress. The node's own modprobe
  /// has another libkmod.
  var unreadable: [Blocker] {
    guard !isLoaded, node.kernel.supportsModules else { return [] }
    return toLoad.compactMap { name in
      guard let facts = node.modules[name], let file = facts.file, facts.damage == nil else { return nil }
      guard !node.kernelDecompresses(facts) else { return nil }
      return facts.unreadable.map { reason in
        Blocker(
          .unreadableModule, module: name, location: .source(file),
          text: "module file \(file) cannot be read: \(reason)",
          remedy: "modprobe \(name)   # on the node; then see to what keeps the agent from reading the file")
      }
    }
  }

  /// The modules that distributions ship in a separate package.
  private static let inExtraPackage: Set<ModuleName> = [ModuleName("sctp"), ModuleName("sctp_diag")]

  /// A module can be missing for one of four reasons, each with its own remedy.
  private func missing(_ name: ModuleName, _ facts: ModuleFacts) -> Blocker {
    let release = node.kernel.release
    let tree = ModuleDirectory.of(release)
    func blocker(at file: String, _ text: String, _ remedy: String) -> Blocker {
      Blocker(.moduleMissing, module: name, location: .source(file), text: text, remedy: remedy)
    }
    if let gone = facts.goneFile {
      return blocker(
        at: gone, "the file of \(name), which modules.dep names, is gone: \(gone)",
        distribution.reinstallModules(for: release))
    }
    switch node.moduleTree {
    case .missing:
      return blocker(
        at: tree, "there is no \(tree): the modules of kernel \(release) are not installed, or not mounted here",
        distribution.installModules(for: release) + "   # in a pod: mount the node's /lib/modules at the root's")
    case .notIndexed:
      return blocker(
        at: tree, "there is no \(tree)/modules.dep, and without it no module is found by its name",
        "depmod -a \(release)")
    case .indexed where !Self.inExtraPackage.contains(name):
      return blocker(
        at: tree, "there is no \(name) for kernel \(release): its package is not installed, or the name is misspelt",
        distribution.findPackage(of: name, release: release))
    case .indexed:
      return blocker(
        at: tree, "there is no \(name) for kernel \(release): the package that has it is not installed",
        distribution.installModules(for: release))
    }
  }

  // MARK: modprobe.d

  /// Returns how a person removes a rule, which depends on the owner of its file.
  private func remedy(for rule: ModprobeRule, curedBy policy: UnblockPolicy? = nil) -> String {
    let path = rule.location.file
    let key = PathKey(path)
    if let file = desired?.file(at: key) {
      guard let contents = file.contents, node.entries[key]?.contents == contents + file.appended else {
        return context.apply(restoring: path)
      }
      return Remedy.undeclare(rule.location, of: file)
    }
    if context.contended.contains(path) { return RemedyContext.findWriter(of: path) }
    guard let policy, desired?.wanted.contains(module) == true, node.canUnblock(rule) else {
      return Remedy.commentOut(rule.location)
    }
    return Remedy.commentOut(rule.location) + "   # or: " + context.apply(with: policy)
  }

  /// Returns the rule as written. The text is left out if only the file's owner may read it, because everybody may read
  /// the report.
  private func text(of rule: ModprobeRule) -> String {
    node.isPrivate(rule.location) ? NodeState.privateText : rule.text
  }

  /// Returns how a person removes a word from the kernel command line.
  private func argumentRemedy(_ word: String, keeping rest: String = "") -> String {
    if let owner = desired?.managedArguments,
      owner.hold(word)
    {
      return
        "remove '\(word)' from spec.kernelArguments of the cluster's MachineConfigs, from which '\(owner.name)' is "
        + "rendered; the machine-config operator then reboots the node"
    }
    return distribution.removeArgument(word, keeping: rest)
  }

  /// Returns the remedy for an entry of a list of modules.
  private func argumentRemedy(_ word: String, without module: ModuleName) -> String {
    argumentRemedy(word, keeping: Remedy.rest(of: word) { ModuleName(String($0)) == module })
  }

  var blacklists: [Blocker] {
    guard !isBuiltin else { return [] }
    return configuration.blacklistRules(of: module).map { blacklist($0, of: module) }
  }

  private func blacklist(_ rule: ModprobeRule, of name: ModuleName) -> Blocker {
    let onCommandLine = rule.location == .kernelCommandLine
    return Blocker(
      .blacklist, module: name, location: rule.location, text: text(of: rule),
      remedy: onCommandLine ? argumentRemedy(rule.text, without: name) : remedy(for: rule, curedBy: .blacklist))
  }

  var installs: [Blocker] {
    guard !isBuiltin else { return [] }
    return toLoad.flatMap { name in
      configuration.installRules(
        stopping: name, isDependency: name != module, isInTree: node.softdepsInTree.contains
      ).map { rule in
        Blocker(
          .install, module: name, location: rule.location, text: text(of: rule),
          remedy: remedy(for: rule, curedBy: .all))
      }
    }
  }

  /// The blacklists that also stop a load by the module's name: its own install line loads it with a modprobe that obeys
  /// blacklists, or an alias line leads from its name to it, and kmod then asks the blacklists.
  var blacklistsOfItsName: [Blocker] {
    isAliasOfItself(module) || commandObeysBlacklists(of: module) ? blacklists : []
  }

  private func isAliasOfItself(_ name: ModuleName) -> Bool {
    configuration.aliasRules(matching: name.rawValue).contains { $0.aliasTarget == name }
  }

  /// The blacklists of the dependencies whose install line loads them with a modprobe that obeys blacklists, or by a name
  /// that is an alias of itself.
  var blacklistsOfDependencies: [Blocker] {
    guard !isBuiltin else { return [] }
    return toLoad.dropFirst().filter { name in
      commandObeysBlacklists(of: name) || isLoadedByName(name) && isAliasOfItself(name)
    }.flatMap { name in
      configuration.blacklistRules(of: name).map { blacklist($0, of: name) }
    }
  }

  /// The aliases that lead elsewhere what the own install line of a dependency loads by its name.
  private var aliasesOfDependencies: [Blocker] {
    toLoad.dropFirst().filter(isLoadedByName).flatMap { aliases(of: [$0.rawValue], elsewhereThan: $0) }
  }

  private func commandObeysBlacklists(of name: ModuleName) -> Bool {
    commands[name] == .loads(obeyingBlacklists: true)
  }

  /// Whether the module's own install line loads it by its name, so that kmod looks for aliases of the name.
  private func isLoadedByName(_ name: ModuleName) -> Bool {
    if case .loads? = commands[name] { true } else { false }
  }

  /// The rules that keep the kernel's requests for a socket from the module.
  ///
  /// The kernel asks for `net-pf-2-proto-132-type-1` first (inet_create in net/ipv4/af_inet.c), which only the
  /// configuration can answer.
  var requestRules: [Blocker] {
    let typed = "-type-1"
    let unanswered = requests.filter { request in
      !isCommanded(request + typed)
        && !configuration.aliasRules(matching: request + typed).contains { $0.aliasTarget == module }
    }
    // A command that loads the module by its name works like `modprobe NAME`.
    guard !requests.isEmpty, requests.allSatisfy({ isCommanded($0 + typed) || isCommanded($0) }) else {
      return aliases(of: unanswered + (isLoadedByName(module) ? [module.rawValue] : [])) + blacklists
    }
    return aliasesOfItsName + blacklistsOfItsName
  }

  /// Whether an install line answers the request by loading the module whatever is blacklisted.
  private func isCommanded(_ request: String) -> Bool {
    guard case .install(_, let text)? = configuration.commandRule(named: request)?.directive,
      ModuleName(request) != module, configuration.aliasRules(matching: request).isEmpty
    else { return false }
    let effect = InstallCommand(text).effect(on: module, inPlaceOf: ModuleName(request))
    return effect == .inserts || effect == .loads(obeyingBlacklists: false)
  }

  /// The aliases of the configuration that lead the module's own name elsewhere.
  var aliasesOfItsName: [Blocker] { aliases(of: [module.rawValue]) }

  /// The rules that every way obeys once a request has led to the module.
  var lastRules: [Blocker] { installs + aliasesOfDependencies + blacklistsOfDependencies + kernelSwitches }

  /// The aliases of the configuration that lead a request elsewhere. They come before those of the module tree.
  ///
  /// - Parameter target: the module that the requests should load; nil for the one that is judged.
  private func aliases(of requests: [String], elsewhereThan target: ModuleName? = nil) -> [Blocker] {
    guard !isBuiltin else { return [] }
    let module = target ?? module
    var seen = Set<RuleLocation>()
    return requests.flatMap { request -> [Blocker] in
      let rules = configuration.aliasRules(matching: request)
      guard !rules.contains(where: { $0.aliasTarget == module }) else { return [] }
      // For an alias named on the command line, kmod takes the name for a module before it reads the module tree.
      let command = rules.isEmpty ? configuration.commandRule(named: request, keepingFrom: module) : nil
      return (rules + (command.map { [$0] } ?? [])).filter { seen.insert($0.location).inserted }.map { rule in
        Blocker(
          rules.isEmpty ? .install : .alias, module: module, location: rule.location, text: text(of: rule),
          remedy: remedy(for: rule, curedBy: isCuredByAll(rule) ? .all : nil))
      }
    }
  }

  /// Whether `--unblock all` comments the rule out: an install line, or an alias that leads to `off`.
  private func isCuredByAll(_ rule: ModprobeRule) -> Bool {
    rule.kind == .install || rule.aliasTarget == ModuleName("off")
  }

  // MARK: The kernel and the process

  /// The switches that refuse every load. They do not affect a module that is loaded.
  var kernelSwitches: [Blocker] {
    // The kernel does not start a built-in part whose init function is denied.
    if isBuiltin { return initcalls(of: [module]) }
    guard !isLoaded, node.kernel.supportsModules else { return [] }
    let kernel = node.kernel
    var blockers = toLoad.filter(kernel.commandLine.moduleBlacklist.contains).map { name in
      Blocker(
        .kernelBlacklist, module: name, location: .kernelCommandLine, text: kernel.commandLine.moduleBlacklistWord,
        remedy: argumentRemedy(kernel.commandLine.moduleBlacklistWord, without: name))
    }
    if kernel.loadsNoModules {
      let word = kernel.commandLine.modulesDisabledWord
      let isSwitch = word?.hasPrefix("nomodule") == true
      blockers.append(
        Blocker(
          .modulesDisabled, module: module, location: isSwitch ? .kernelCommandLine : .source("modules_disabled"),
          text: isSwitch ? word ?? "" : "kernel.modules_disabled = 1",
          remedy: word.map { argumentRemedy($0) } ?? modulesDisabledRemedy))
    }
    blockers += initcalls(of: toLoad)
    for name in toLoad where node.modules[name]?.signed == false {
      if kernel.enforcesSignatures {
        blockers.append(
          Blocker(
            .signature, module: name, location: .source("module.sig_enforce"),
            text: "\(name) is not signed and the kernel loads only signed modules",
            remedy: distribution.reinstallModules(for: kernel.release)
              + "   # a module of your own: mokutil --import KEY.der"))
      } else if let lockdown = kernel.lockdown, lockdown != "none" {
        blockers.append(
          Blocker(
            .lockdown, module: name, location: .source("lockdown"),
            text: "\(name) is not signed and the kernel is locked down (\(lockdown))",
            remedy: distribution.reinstallModules(for: kernel.release) + "   # or boot without lockdown"))
      }
    }
    return blockers + refusedOptions
  }

  /// The modules whose init function the kernel command line denies.
  private func initcalls(of modules: [ModuleName]) -> [Blocker] {
    modules.flatMap { name -> [Blocker] in
      let function = node.modules[name]?.initFunction ?? .unknown
      var seen = Set<String>()
      return node.kernel.commandLine.initcallBlacklist.filter {
        function.isNamed($0.function, module: name) && seen.insert($0.word).inserted
      }.map { denied in
        Blocker(
          .initcallBlacklist, module: name, location: .kernelCommandLine, text: denied.word,
          remedy: argumentRemedy(denied.word, keeping: Remedy.rest(of: denied.word) { $0 == denied.function }))
      }
    }
  }

  /// The options that make the kernel refuse a module with EINVAL, because the value is not of the parameter's type.
  private var refusedOptions: [Blocker] {
    let kernel = KernelVersion(release: node.kernel.release)
    return toLoad.flatMap { name -> [Blocker] in
      let types = node.modules[name]?.parameters ?? [:]
      let refused = configuration.refusedParameters(of: [name.rawValue], types: types, kernel: kernel)
      var seen = Set<ModprobeRule>()
      return refused.filter { seen.insert($0.rule).inserted }.map { parameter in
        let rule = parameter.rule
        let type = "\(parameter.text) is not of type \(parameter.type.name)"
        return Blocker(
          .invalidOption, module: name, location: rule.location, text: text(of: rule),
          remedy: rule.location == .kernelCommandLine
            ? argumentRemedy(rule.text) : remedy(for: rule) + (node.isPrivate(rule.location) ? "" : "   # \(type)"))
      }
    }
  }

  /// Finds where the switch is turned on: it cannot be turned off before the next boot.
  private var modulesDisabledRemedy: String {
    if let setting = node.sysctls.last(where: { $0.matches("kernel/modules_disabled") && $0.value == "1" }) {
      return Remedy.commentOut(setting.location, in: DropInSearchPath.sysctl[0]) + "   # then reboot"
    }
    return "systemctl reboot   # no file of sysctl.d sets it: find what sets it, or it will be set again"
  }

  /// The kernel starts the program named in `kernel.modprobe`; empty turns autoload off (sysctl/kernel.rst).
  var autoloadSwitch: [Blocker] {
    guard !isLoaded, let path = node.kernel.modprobePath,
      SysctlSetting.turnsAutoloadOff(path) || !node.kernel.modprobeExists
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

  /// The masks of systemd-modules-load. What the command line masks, systemd links in a directory of its own at boot.
  var loadService: [Blocker] {
    let service = "systemd-modules-load.service"
    func blocker(_ location: RuleLocation, _ text: String, _ remedy: String) -> Blocker {
      Blocker(.loadServiceMasked, module: module, location: location, text: text, remedy: remedy)
    }
    if let word = node.kernel.commandLine.loadServiceMask {
      return [blocker(.kernelCommandLine, word, argumentRemedy(word))]
    }
    return node.loadServiceMask.map { path in
      let remedies = ["/etc/systemd/system": "", "/run/systemd/system": "--runtime "]
      let directory = String(path.dropLast(service.utf8.count + 1))
      let unmask = remedies[directory].map { "systemctl unmask \($0)\(service)" }
      return [blocker(.source(path), "\(service) is masked", unmask ?? "rm \(path) && systemctl daemon-reload")]
    } ?? []
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
