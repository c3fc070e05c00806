import Modprobe

/// Which modules a set of files wants loaded or kept out.
struct ModuleDemands {
  /// A module, and the file that names it first.
  struct Wish {
    let module: ModuleName
    let file: DesiredFile
  }

  /// Wishes in the order in which they came up, each module once.
  private struct List {
    private(set) var wishes: [Wish] = []
    private(set) var modules: Set<ModuleName> = []

    mutating func add(_ module: ModuleName, of file: DesiredFile) {
      if modules.insert(module).inserted { wishes.append(Wish(module: module, file: file)) }
    }
  }

  private var named = List()
  private var stopped = List()
  /// What has an install line of its own: kmod takes the first.
  private var installed: Set<ModuleName> = []

  /// Of the machine-config daemon's files, which carry a node's whole configuration, only these are the agent's affair.
  private static let managedModules: Set<ModuleName> = [ModuleName("sctp"), ModuleName("sctp_diag")]

  /// In the order in which the files were added, and within them in systemd's.
  var wanted: [Wish] { named.wishes }

  /// What is stopped and named in no load file.
  var keptOut: [Wish] { stopped.wishes.filter { !named.modules.contains($0.module) } }

  /// Reads files in the order of their paths, which is that of kmod and of systemd.
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
          if let module = module(stoppedBy: rule), Self.counts(module, file) { stopped.add(module, of: file) }
        }
      case nil: break
      }
    }
  }

  /// The module that a rule keeps out by name; a pattern means too much to be a wish.
  private mutating func module(stoppedBy rule: ModprobeRule) -> ModuleName? {
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
