import Modprobe

/// The modules that a set of files wants loaded or kept out.
struct ModuleDemands {
  /// A module, and the first file that names it.
  struct Demand {
    let module: ModuleName
    let file: DesiredFile
  }

  /// Demands in the order in which they were added, each module once.
  private struct List {
    private(set) var demands: [Demand] = []
    private(set) var modules: Set<ModuleName> = []

    mutating func add(_ module: ModuleName, of file: DesiredFile) {
      if modules.insert(module).inserted { demands.append(Demand(module: module, file: file)) }
    }
  }

  private var named = List()
  private var blocked = List()
  /// The modules with an install line. Only the first line of a module has an effect.
  private var installed: Set<ModuleName> = []

  /// The only modules that count in the machine-config daemon's files, which hold the whole configuration of a node.
  private static let managedModules: Set<ModuleName> = [ModuleName("sctp"), ModuleName("sctp_diag")]

  /// The modules to be loaded, in the order of the files, and within a file in systemd's order.
  var wanted: [Demand] { named.demands }

  /// The modules that a rule blocks and no load file names.
  var keptOut: [Demand] { blocked.demands.filter { !named.modules.contains($0.module) } }

  /// Adds files, which must be in the order of their paths, as kmod and systemd read them.
  mutating func add(_ files: [DesiredFile]) {
    for file in files {
      let contents = (file.contents ?? []) + file.appended
      switch WritablePath.Directory(of: file.path) {
      case .modulesLoad:
        for entry in ModulesLoadFile(path: file.path, contents: contents).entries where Self.counts(entry.module, file)
        {
          named.add(entry.module, of: file)
        }
      case .modprobe:
        for rule in ModprobeFile(path: file.path, contents: contents).rules {
          if let module = module(blockedBy: rule), Self.counts(module, file) { blocked.add(module, of: file) }
        }
      case nil: break
      }
    }
  }

  /// Returns the module that a rule keeps out by name. Returns nil for a pattern, which matches too much to be a demand.
  private mutating func module(blockedBy rule: ModprobeRule) -> ModuleName? {
    switch rule.directive {
    case .blacklist(let module): return module
    case .install(let pattern, let command):
      guard !pattern.contains(where: { "*?[\\".contains($0) }) else { return nil }
      let module = ModuleName(pattern)
      guard installed.insert(module).inserted else { return nil }
      return InstallCommand(command).effect(on: module) == .stops ? module : nil
    case .alias, .options, .remove, .softdep, .weakdep: return nil
    }
  }

  private static func counts(_ module: ModuleName, _ file: DesiredFile) -> Bool {
    file.owner == .intent || managedModules.contains(module)
  }
}
