/// The effective configuration of kmod: the files in reading order, including the softdeps of the module tree, and the
/// kernel command line last.
package struct ModprobeConfiguration: Sendable {
  package let rules: [ModprobeRule]
  /// The kinds that the rules have. Few configurations have all of them.
  private let kinds: Set<ModprobeDirective.Kind>
  package let skipped: [SkippedLine]
  /// The version whose rules were followed.
  package let kmod: KmodVersion

  /// Reads the configuration as the given version of kmod does.
  ///
  /// - Parameters:
  ///   - dropIns: the files of modprobe.d that are read.
  ///   - softdepIndex: the module tree's `modules.softdep`, if it has one; read among the files by its name.
  ///   - weakdepIndex: the module tree's `modules.weakdep`, in the same way.
  ///   - moduleTree: the directory of the two, for the locations of their rules.
  ///   - commandLine: that of the running kernel.
  ///   - kmod: the version that reads.
  package init(
    dropIns: EffectiveDropIns, softdepIndex: [UInt8]? = nil, weakdepIndex: [UInt8]? = nil, moduleTree: String? = nil,
    commandLine: KernelCommandLine = KernelCommandLine(), kmod: KmodVersion = .newest
  ) {
    var reader = ModprobeLineReader(kmod: kmod)
    // A file comes before an index of the same name.
    var indexes: [(name: String, contents: [UInt8])] = []
    if let softdepIndex { indexes.append(("modules.softdep", softdepIndex)) }
    if kmod.knowsWeakdeps, let weakdepIndex { indexes.append(("modules.weakdep", weakdepIndex)) }
    var next = 0
    func readIndex() {
      let (name, contents) = indexes[next]
      reader.read(contents, path: moduleTree.map { "\($0)/\(name)" } ?? name)
      next += 1
    }
    for dropIn in dropIns.applied {
      while next < indexes.count, indexes[next].name.utf8.precedes(dropIn.name.utf8) { readIndex() }
      reader.read(dropIn.contents, path: dropIn.path)
    }
    while next < indexes.count { readIndex() }
    let parameters = ModprobeParameters(commandLine.line, kmod: kmod)
    rules = reader.rules + parameters.rules
    kinds = Set(rules.lazy.map(\.kind))
    skipped = reader.skipped + parameters.skipped
    self.kmod = kmod
  }

  /// Every blacklist line of the module, in reading order. No other line can override one.
  package func blacklistRules(of module: ModuleName) -> [ModprobeRule] {
    rules(.blacklist, named: module)
  }

  /// The install lines whose pattern matches the module, in reading order: the first one counts.
  package func installRules(matching module: ModuleName) -> [ModprobeRule] {
    rules(.install, matching: module.rawValue)
  }

  /// The install lines that keep the module out, in reading order; none if the first one that matches loads it, or if
  /// kmod ignores them all because the module has softdeps.
  ///
  /// - Parameters:
  ///   - module: the module to load.
  ///   - isDependency: whether it is loaded because another module needs it.
  ///   - isInTree: see `hasSoftdep`.
  package func installRules(
    stopping module: ModuleName, isDependency: Bool = false, isInTree: (ModuleName) -> Bool = { _ in true }
  ) -> [ModprobeRule] {
    let rules = installRules(matching: module)
    guard let winner = rules.first, winner.stops(module, isDependency: isDependency),
      !hasSoftdep(module, isInTree: isInTree)
    else { return [] }
    // Each of them stops the module if those before it are removed.
    return rules.filter { $0.stops(module, isDependency: isDependency) }
  }

  /// Returns the alias lines whose pattern matches a request such as `net-pf-2-proto-132` or `sctp`, in reading order. Each
  /// adds its target to the modules that the request loads. If there is one, kmod does not look any further.
  package func aliasRules(matching request: String) -> [ModprobeRule] {
    rules(.alias, matching: ModuleName(request).rawValue)
  }

  /// Returns the modules that are loaded before and after the module, by the first softdep line that matches it.
  package func softdeps(of module: ModuleName) -> (pre: [ModuleName], post: [ModuleName]) {
    guard let rule = softdepRule(of: module), case .softdep(_, let pre, let post) = rule.directive else {
      return ([], [])
    }
    return (pre, post)
  }

  /// Returns the softdep line that counts for the module, or nil if none matches.
  package func softdepRule(of module: ModuleName) -> ModprobeRule? {
    rules(.softdep, matching: module.rawValue).first
  }

  /// Whether the module has softdeps, so that kmod ignores its install command.
  ///
  /// kmod does so only if it finds at least one of them: as an alias or a command of the configuration, or in the module
  /// tree, as a module or as an alias. `isInTree` answers for the tree.
  package func hasSoftdep(_ module: ModuleName, isInTree: (ModuleName) -> Bool = { _ in true }) -> Bool {
    let dependencies = softdeps(of: module)
    let names = dependencies.pre + dependencies.post
    return !names.isEmpty && (names.contains(where: isInTree) || hasAliasOrCommand(ofAny: names))
  }

  /// Whether an alias line matches one of the names, or an install or remove line has exactly one of them.
  ///
  /// There can be thousands of names and of lines, so that each line is looked at once.
  private func hasAliasOrCommand(ofAny names: [ModuleName]) -> Bool {
    let sorted = SortedNames(names)
    return rules.contains { rule in
      switch rule.kind {
      case .alias: sorted.containsMatch(of: rule)
      case .install, .remove: sorted.contains(rule.foldedName)
      case .blacklist, .options, .softdep, .weakdep: false
      }
    }
  }

  /// Returns the install or remove line whose name is exactly the request, or nil if there is none.
  ///
  /// For kmod such a name is a module, before it looks at modules.alias. A line such as
  /// `install net-pf-2-proto-132 /bin/true`, and even a remove line, thus keeps the request from the module.
  package func commandRule(named request: String) -> ModprobeRule? {
    rules(.install, named: ModuleName(request)).first ?? rules(.remove, named: ModuleName(request)).first
  }

  /// Returns the same line if it keeps the request from this module, because its command does not load the module.
  package func commandRule(named request: String, keepingFrom module: ModuleName) -> ModprobeRule? {
    guard ModuleName(request) != module, let rule = commandRule(named: request) else { return nil }
    guard case .install(_, let command) = rule.directive else { return rule }
    return InstallCommand(command).effect(on: module, inPlaceOf: ModuleName(request)) == .stops ? rule : nil
  }

  // The loop uses indices, so that no rule is copied to be compared. There can be thousands, and few match.

  private func rules(
    _ kind: ModprobeDirective.Kind, named module: @autoclosure () -> ModuleName
  ) -> [ModprobeRule] {
    guard kinds.contains(kind) else { return [] }
    let name = Array(module().rawValue.utf8)
    return rules.indices.filter { rules[$0].kind == kind && rules[$0].names(name) }.map { rules[$0] }
  }

  private func rules(
    _ kind: ModprobeDirective.Kind, matching name: @autoclosure () -> String
  ) -> [ModprobeRule] {
    guard kinds.contains(kind) else { return [] }
    let bytes = Array(name().utf8)
    return rules.indices.filter { rules[$0].kind == kind && rules[$0].matches(bytes) }.map { rules[$0] }
  }
}
