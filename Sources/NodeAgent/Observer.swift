import MachineIntent
package import Modprobe
package import Reconcile

/// Looks at the node and says what is there. Reads only; nothing it does can load a module.
package struct Observer {
  let access: NodePorts
  private var tree: ModuleTree
  var otherTrees: [String: ModuleTree] = [:]
  /// True where /lib is a link to /usr/lib; as the kernel's facts, it is looked at with each resync.
  private var isUsrMerged = false

  /// What need not be looked at, because an earlier observation with the same parameters knows it.
  package enum Reuse {
    case nothing
    /// What the kernel says of itself and what else no file event tells of; it is read again with each resync.
    case kernel(of: NodeState)
    /// Everything but the drop-ins.
    case modules(of: NodeState)
  }

  package init(_ access: NodePorts) {
    self.access = access
    tree = ModuleTree(release: access.kernelRelease)
  }

  /// - Parameters:
  ///   - modules: those to judge; their dependencies are looked at too.
  ///   - users: names to find the numbers of; `groups` likewise.
  ///   - inspects: whether to open module files that the kernel has no need to judge. That unpacks them, which costs
  ///     about as much as loading them.
  ///   - known: what need not be looked at.
  ///   - glance: the drop-ins in /etc as they have just been seen; nil: they are to be looked at.
  /// - Throws: what keeps the observation from meaning anything; an unreadable drop-in does not.
  package mutating func observe(
    modules: [ModuleName], users: Set<String> = [], groups: Set<String> = [], inspects: Bool = false,
    known: Reuse = .nothing, glance: DropInListing? = nil
  ) throws(FileFailure) -> NodeState {
    var around: NodeState
    switch known {
    case .nothing:
      around = try surroundings(of: modules, users: users, groups: groups, inspects: inspects)
      isUsrMerged = try access.files.entry("/lib").map { $0.kind != .directory } ?? false
    case .kernel(of: let earlier):
      around = earlier
      let found = try tree.look(up: modules, in: access.files)
      around.softdepIndex = tree.softdepIndex
      around.modules = try facts(found, inspects: around.kernel.judgesSignatures)
      around.moduleTree = try treeState()
    case .modules(of: let earlier): around = earlier
    }
    var unreadable: [FileFailure] = []
    var entries: [PathKey: FileEntry] = [:]
    var writable: [String: NodeState.Writability] = [:]

    func dropIns(_ searchPath: [String]) throws(FileFailure) -> [[DropIn]] {
      var directories: [[DropIn]] = []
      for (rank, directory) in searchPath.enumerated() {
        // Where /lib is a link to /usr/lib, that directory has just been listed.
        if isUsrMerged, directory.hasPrefix("/lib/") { continue }
        var listing: DirectoryListing?
        do {
          listing = if let seen = glance?.listings[directory] { seen } else { try access.files.list(directory) }
        } catch {
          unreadable.append(error)
        }
        if rank == 0 {
          writable[directory] = Self.writability(of: directory, listing: listing)
          for entry in listing?.entries ?? [] { entries[PathKey(entry.path)] = entry }
        }
        unreadable += listing?.failures ?? []
        directories.append(listing?.dropIns(hidesByName: searchPath == DropInSearchPath.modulesLoad) ?? [])
      }
      return directories
    }

    let modprobe = try dropIns(DropInSearchPath.modprobe)
    let modulesLoad = try dropIns(DropInSearchPath.modulesLoad)
    var node = NodeState(
      kernel: around.kernel, modprobeDropIns: modprobe, modulesLoadDropIns: modulesLoad,
      softdepIndex: around.softdepIndex, entries: entries, writable: writable, modules: around.modules,
      otherKernels: around.otherKernels, users: around.users, groups: around.groups, unreadable: unreadable,
      loadServiceMasked: around.loadServiceMasked)
    node.sysctls = around.sysctls
    node.moduleTree = around.moduleTree
    node.unfinishedModuleWork = access.modules.unfinishedWork
    // kmod drops a module's install line for the sake of its softdeps only if one of them can be found.
    let softdeps = node.modules.keys.flatMap { name in
      let both = node.configuration.softdeps(of: name)
      return both.pre + both.post
    }
    if !softdeps.isEmpty {
      let entries = try tree.look(up: softdeps, in: access.files)
      node.softdepsInTree = Set(softdeps.filter { entries[$0]?.isKnown == true })
    }
    return node
  }

  /// What stands in the directories in which files can be declared.
  package struct DropInListing {
    fileprivate let listings: [String: DirectoryListing]

    /// The node as it was seen, but with these entries; its rules and blockers are those of before.
    func entries(in node: NodeState) -> NodeState {
      var node = node
      node.entries = [:]
      for (directory, listing) in listings {
        node.writable[directory] = Observer.writability(of: directory, listing: listing)
        for entry in listing.entries { node.entries[PathKey(entry.path)] = entry }
      }
      return node
    }
  }

  /// All of the node that a decision about declared files rests on; nil: a whole look has to tell what is wrong.
  func glance() -> DropInListing? {
    var listings: [String: DirectoryListing] = [:]
    for directory in [DropInSearchPath.modprobe[0], DropInSearchPath.modulesLoad[0]] {
      guard let listing = try? access.files.list(directory) else { return nil }
      listings[directory] = listing
    }
    return DropInListing(listings: listings)
  }

  /// Everything but the drop-ins.
  private mutating func surroundings(
    of modules: [ModuleName], users: Set<String>, groups: Set<String>, inspects: Bool
  ) throws(FileFailure) -> NodeState {
    var kernel = try KernelState(access)
    let sysctls = sysctls()
    if sysctls.contains(where: { $0.path.hasPrefix("net/") }) {
      kernel.sctpSysctls = try KernelState.sctpSysctls(access.proc)
    }
    let found = try tree.look(up: modules, in: access.files)
    var node = NodeState(
      kernel: kernel, modprobeDropIns: [], modulesLoadDropIns: [], softdepIndex: tree.softdepIndex,
      modules: try facts(found, inspects: inspects || kernel.judgesSignatures), otherKernels: try otherKernels(),
      users: try numbers(of: users, by: access.files.userID), groups: try numbers(of: groups, by: access.files.groupID),
      loadServiceMasked: try loadServiceMasked())
    node.sysctls = sysctls
    node.moduleTree = try treeState()
    return node
  }

  fileprivate static func writability(of directory: String, listing: DirectoryListing?) -> NodeState.Writability {
    guard let listing else { return .no(.noDirectory(directory, .write, directory)) }
    return listing.isSymlink ? .no(.linkedDirectory(directory, .write, directory)) : .yes
  }

  private func facts(
    _ found: [ModuleName: ModuleTree.Entry], inspects: Bool
  ) throws(FileFailure) -> [ModuleName: ModuleFacts] {
    var facts: [ModuleName: ModuleFacts] = [:]
    for (name, entry) in found {
      var (file, goneFile) = (entry.path, String?.none)
      if let path = file, try access.files.stamp(path) == nil { (file, goneFile) = (nil, path) }
      let (state, refcount) = try loadState(of: name, hasFile: file != nil, isBuiltin: entry.isBuiltin)
      let inspection = inspects && state == .absent ? file.map(access.modules.inspect) : nil
      facts[name] = ModuleFacts(
        name: name, state: state, refcount: refcount, file: file, goneFile: goneFile, dependencies: entry.dependencies,
        aliases: entry.aliases, signed: inspection?.signed, unreadable: inspection?.unreadable,
        damage: inspection?.damage)
    }
    return facts
  }

  /// sysfs(5), `/sys/module`: a directory without `initstate` is a built-in module with parameters.
  private func loadState(
    of module: ModuleName, hasFile: Bool, isBuiltin: Bool
  ) throws(FileFailure) -> (ModuleState, refcount: Int?) {
    if let word = try access.sys.line("/module/\(module)/initstate") {
      let state = ModuleState(rawValue: word) ?? .coming
      return (state, try access.sys.line("/module/\(module)/refcnt").flatMap { Int($0) })
    }
    if isBuiltin { return (.builtin, nil) }
    if try access.sys.stamp("/module/\(module)") != nil { return (hasFile ? .coming : .builtin, nil) }
    return (hasFile ? .absent : .missing, nil)
  }

  /// Of the tree as it was last looked at.
  private func treeState() throws(FileFailure) -> ModuleTreeState {
    if tree.isIndexed { return .indexed }
    return try access.files.stamp(tree.directory) == nil ? .missing : .notIndexed
  }

  private func numbers(
    of names: Set<String>, by lookUp: (String) throws(FileFailure) -> UInt32?
  ) throws(FileFailure) -> [String: UInt32] {
    var numbers: [String: UInt32] = [:]
    for name in names { numbers[name] = try lookUp(name) }
    return numbers
  }

  private func loadServiceMasked() throws(FileFailure) -> Bool {
    for directory in ["/etc/systemd/system", "/run/systemd/system"] {
      if try access.files.entry("\(directory)/systemd-modules-load.service")?.isMask == true { return true }
    }
    return false
  }
}
