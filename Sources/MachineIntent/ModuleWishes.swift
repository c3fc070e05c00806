import Modprobe

/// Which modules a set of files wants loaded or kept out.
struct ModuleWishes {
  private var named: [ModuleName] = []
  private var stopped: [ModuleName] = []

  /// Of the machine-config daemon's files, which carry a node's whole configuration, only these are the agent's affair.
  private static let managedModules: Set<ModuleName> = [ModuleName("sctp"), ModuleName("sctp_diag")]

  /// In the order in which systemd tries them.
  var wanted: [ModuleName] { named }

  /// What is stopped and named in no load file.
  var keptOut: [ModuleName] { stopped.filter { !named.contains($0) } }

  mutating func add(_ files: [DesiredFile]) {
    for file in files {
      let contents = (file.contents ?? []) + file.appended
      switch ManagedPath.Directory(of: file.path) {
      case .modulesLoad:
        for entry in ModulesLoadFile(path: file.path, contents: contents).entries {
          remember(entry.module, of: file, in: &named)
        }
      case .modprobe:
        for rule in ModprobeFile(path: file.path, contents: contents).rules {
          if let module = Self.stopped(by: rule) { remember(module, of: file, in: &stopped) }
        }
      case nil: break
      }
    }
  }

  /// The module that a rule keeps out by name; a pattern means too much to be a wish.
  static func stopped(by rule: ModprobeRule) -> ModuleName? {
    switch rule.directive {
    case .blacklist(let module): return module
    case .install(let pattern, let command):
      guard !pattern.contains(where: { "*?[\\".contains($0) }) else { return nil }
      let module = ModuleName(pattern)
      return InstallCommand(command).effect(on: module) == .stops ? module : nil
    default: return nil
    }
  }

  private func remember(_ module: ModuleName, of file: DesiredFile, in list: inout [ModuleName]) {
    guard file.owner == .intent || Self.managedModules.contains(module), !list.contains(module) else { return }
    list.append(module)
  }
}
