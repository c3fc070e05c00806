import MachineIntent
package import Modprobe
package import Reconcile

/// Reads the state of the node. It changes nothing and cannot cause the load of a module.
///
/// A fact that cannot be read is unknown. The reason is noted with the fact, and all other facts are read.
package struct Observer {
  private let ports: NodePorts
  /// The ports for the current look.
  private(set) var access: NodePorts
  private var tree: ModuleTree
  var otherTrees: [String: ModuleTree] = [:]
  var libraries = LibraryVersions()
  /// Whether /lib is a link to /usr/lib. Like the kernel's facts, it is read with each resync.
  private(set) var isUsrMerged = false
  /// The small directories of drop-ins as the last look found them.
  var remembered: [String: RememberedDirectory] = [:]

  /// The facts that need not be read, because an earlier observation with the same parameters has them.
  package enum Reuse {
    case nothing
    /// The facts that no file event reports, such as the kernel's.
    case kernel(Surroundings)
    /// Everything but the drop-ins.
    case modules(Surroundings)
    /// Everything but these entries of the directories of drop-ins.
    case allBut(Set<String>, Surroundings)
  }

  /// What to observe.
  package struct Subjects {
    /// The modules to judge. Their dependencies are observed too.
    package var modules: [ModuleName]
    /// The names of users and groups whose numbers are needed.
    package var users: Set<String>
    package var groups: Set<String>
    /// The files that have to be read whatever else their directories hold.
    package var files: [String]
    /// Whether to open module files that the kernel need not judge. That unpacks them, which costs about as much as
    /// loading them.
    package var inspects: Bool

    package init(
      modules: [ModuleName], users: Set<String> = [], groups: Set<String> = [], files: [String] = [],
      inspects: Bool = false
    ) {
      self.modules = modules
      self.users = users
      self.groups = groups
      self.files = files
      self.inspects = inspects
    }
  }

  package init(_ access: NodePorts) {
    ports = access
    self.access = access
    tree = ModuleTree(release: access.kernelRelease)
  }

  /// Observes the node. Does not read again what `known` has.
  ///
  /// - Parameters:
  ///   - subjects: what to observe.
  ///   - known: what need not be read.
  ///   - goesOn: asked now and then between files; once it returns false, the rest is left out and the state is of no use.
  package mutating func observe(
    _ subjects: Subjects, reusing known: Reuse = .nothing, while goesOn: () -> Bool = { true }
  ) -> NodeState {
    // What the look has open is closed at its end: an open directory would keep a file system mounted.
    access = ports.forOneLook()
    defer { access = ports }
    var around: Surroundings
    var changed: Set<String>?
    switch known {
    case .nothing:
      isUsrMerged = access.files.isUsrMerged
      around = surroundings(of: subjects, while: goesOn)
    case .kernel(let earlier):
      around = earlier
      observe(subjects.modules, inspects: around.kernel.judgesSignatures, into: &around)
    case .modules(let earlier):
      around = earlier
    case .allBut(let entries, let earlier):
      around = earlier
      changed = entries
    }
    around.unfinishedModuleWork = access.modules.unfinishedWork
    let modprobe = dropIns(
      DropInSearchPath.modprobe, changed: changed, files: subjects.files, hidesByName: false, while: goesOn)
    let modulesLoad = dropIns(
      DropInSearchPath.modulesLoad, changed: changed, files: subjects.files, hidesByName: true, while: goesOn)
    var node = NodeState(
      surroundings: around, modprobeDropIns: modprobe.directories, modulesLoadDropIns: modulesLoad.directories,
      entries: modprobe.entries.merging(modulesLoad.entries) { first, _ in first },
      writable: modprobe.writable.merging(modulesLoad.writable) { first, _ in first },
      unreadDropIns: modprobe.failures + modulesLoad.failures)
    guard goesOn() else {
      // A listing may lack entries.
      remembered = [:]
      return node
    }
    addFileFacts(to: &node)
    // kmod ignores the install line of a module with softdeps only if one of the softdeps exists.
    let softdeps = node.modules.keys.flatMap { name in
      node.configurations.map { $0.softdeps(of: name) }.flatMap { $0.pre + $0.post }
    }.prefix(MemoryBudget.dependencies)
    if !softdeps.isEmpty, let entries = try? tree.look(up: Array(softdeps), in: access.files) {
      node.softdepsInTree = Set(softdeps.filter { entries[$0]?.isKnown == true })
    }
    return node
  }

  // MARK: Surroundings

  private mutating func surroundings(of subjects: Subjects, while goesOn: () -> Bool) -> Surroundings {
    var facts = FactReader()
    var around = Surroundings(kernel: KernelState(access, &facts))
    around.sysctls = sysctls(while: goesOn)
    around.userland = userland(isUsrMerged: isUsrMerged)
    around.distribution = distribution()
    if around.sysctls.contains(where: { $0.path.hasPrefix("net/") }) {
      around.kernel.sctpSysctls = (try? KernelState.sctpSysctls(access.proc)) ?? [:]
    }
    around.loadServiceMask = loadServiceMask(&facts)
    around.unreadKernel = facts.failures

    var accounts = FactReader()
    around.users = numbers(of: subjects.users, &accounts, by: access.files.userID)
    around.groups = numbers(of: subjects.groups, &accounts, by: access.files.groupID)
    around.unreadAccounts = accounts.failures.first

    var remarks = FactReader()
    around.otherKernels = otherKernels(&remarks, while: goesOn)
    around.unreadRemarks = remarks.failures
    guard goesOn() else { return around }
    observe(subjects.modules, inspects: subjects.inspects || around.kernel.judgesSignatures, into: &around)
    return around
  }

  private mutating func observe(_ modules: [ModuleName], inspects: Bool, into around: inout Surroundings) {
    var facts = FactReader()
    var found: [ModuleName: ModuleTree.Entry]?
    do throws(FileFailure) {
      found = try tree.look(up: modules, in: access.files)
    } catch {
      facts.note(error)
    }
    around.softdepIndex = tree.softdepIndex
    around.weakdepIndex = tree.weakdepIndex
    around.moduleTree = found == nil ? .indexed : treeState(&facts)
    around.modules = [:]
    for name in found.map({ Array($0.keys) }) ?? modules {
      around.modules[name] = self.facts(of: name, found?[name], inspects: inspects, &facts)
    }
    around.unreadModules = facts.failures
  }

  /// - Parameter entry: what the index says; nil if the index cannot be read.
  private func facts(
    of name: ModuleName, _ entry: ModuleTree.Entry?, inspects: Bool, _ facts: inout FactReader
  ) -> ModuleFacts {
    var (file, goneFile, unreadable) = (entry?.path, String?.none, String?.none)
    if let path = file {
      do throws(FileFailure) {
        if try access.files.stamp(path) == nil { (file, goneFile) = (nil, path) }
      } catch {
        unreadable = error.message
        facts.note(error)
      }
    }
    let hasFile = entry == nil || file != nil
    let isBuiltin = entry?.isBuiltin ?? false
    let (state, refcount) = facts.read(orElse: (hasFile ? .absent : .missing, nil), below: "/sys") {
      () throws(FileFailure) in try loadState(of: name, hasFile: hasFile, isBuiltin: isBuiltin)
    }
    let inspection = inspects && state == .absent && unreadable == nil ? file.map(access.modules.inspect) : nil
    return ModuleFacts(
      name: name, state: state, refcount: refcount, file: file, goneFile: goneFile,
      dependencies: entry?.dependencies ?? [], aliases: entry?.aliases ?? [], signed: inspection?.signed,
      unreadable: unreadable ?? inspection?.unreadable, damage: inspection?.damage)
  }

  /// Reads the state of a module: sysfs(5), `/sys/module`. A directory without `initstate` is a built-in module with
  /// parameters.
  private func loadState(
    of module: ModuleName, hasFile: Bool, isBuiltin: Bool
  ) throws(FileFailure) -> (ModuleState, refcount: Int?) {
    if let word = try access.sys.line("/module/\(module)/initstate") {
      let state = ModuleState(rawValue: word) ?? .coming
      return (state, (try? access.sys.line("/module/\(module)/refcnt")).flatMap(\.self).flatMap { Int($0) })
    }
    if isBuiltin { return (.builtin, nil) }
    if try access.sys.stamp("/module/\(module)") != nil { return (hasFile ? .coming : .builtin, nil) }
    return (hasFile ? .absent : .missing, nil)
  }

  /// Returns the state of the tree when it was last read.
  private func treeState(_ facts: inout FactReader) -> ModuleTreeState {
    if tree.isIndexed { return .indexed }
    return facts.read(orElse: .notIndexed) { () throws(FileFailure) in
      try access.files.stamp(tree.directory) == nil ? .missing : .notIndexed
    }
  }

  private func numbers(
    of names: Set<String>, _ accounts: inout FactReader, by lookUp: (String) throws(FileFailure) -> UInt32?
  ) -> [String: UInt32] {
    var numbers: [String: UInt32] = [:]
    for name in names {
      numbers[name] = accounts.read(orElse: nil) { () throws(FileFailure) in try lookUp(name) }
    }
    return numbers
  }
}
