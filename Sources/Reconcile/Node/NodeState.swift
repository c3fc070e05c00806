import MachineIntent
package import Modprobe

/// Everything on the node that a decision may rest on. Made by the observer, and by `applying` for "after these writes".
package struct NodeState: Sendable {
  package var kernel: KernelState
  /// Candidates of each directory of `DropInSearchPath.modprobe`, in that order; a missing directory is empty.
  package var modprobeDropIns: [[DropIn]]
  /// Candidates of each directory of `DropInSearchPath.modulesLoad`.
  package var modulesLoadDropIns: [[DropIn]]
  /// The module tree's `modules.softdep`.
  package var softdepIndex: [UInt8]?
  /// The entries of `/etc/modprobe.d` and `/etc/modules-load.d` by path.
  package var entries: [PathKey: FileEntry]
  /// Which of the two directories may be written: `.success` or why not.
  package var writable: [String: Writability]
  package var modules: [ModuleName: ModuleFacts]
  package var otherKernels: [InstalledKernel]
  /// The numbers of the users and groups that the intent names.
  package var users: [String: UInt32]
  package var groups: [String: UInt32]
  /// The drop-ins that could not be read: their rules are unknown.
  package var unreadable: [FileFailure]
  /// True where systemd-modules-load itself is masked, so that no load file has an effect at boot.
  package var loadServiceMasked: Bool
  /// The softdeps of `modules` that the module tree knows.
  package var softdepsInTree: Set<ModuleName> = []
  /// Of the running kernel.
  package var moduleTree = ModuleTreeState.indexed
  /// What sysctl.d wants of `net.sctp` and of the kernel's switches for modules, in the order in which it is applied.
  package var sysctls: [SysctlSetting] = []
  /// The load or inspection that has not ended; nil if there is none.
  package var unfinishedModuleWork: UnfinishedModuleWork?

  package private(set) var configuration: ModprobeConfiguration
  package private(set) var loadRequests: LoadRequests

  package enum Writability: Hashable, Sendable {
    case yes
    case no(FileFailure)
  }

  package init(
    kernel: KernelState, modprobeDropIns: [[DropIn]], modulesLoadDropIns: [[DropIn]], softdepIndex: [UInt8]? = nil,
    entries: [PathKey: FileEntry] = [:], writable: [String: Writability] = [:],
    modules: [ModuleName: ModuleFacts] = [:], otherKernels: [InstalledKernel] = [], users: [String: UInt32] = [:],
    groups: [String: UInt32] = [:], unreadable: [FileFailure] = [], loadServiceMasked: Bool = false
  ) {
    self.kernel = kernel
    self.modprobeDropIns = modprobeDropIns
    self.modulesLoadDropIns = modulesLoadDropIns
    self.softdepIndex = softdepIndex
    self.entries = entries
    self.writable = writable
    self.modules = modules
    self.otherKernels = otherKernels
    self.users = users
    self.groups = groups
    self.unreadable = unreadable
    self.loadServiceMasked = loadServiceMasked
    configuration = ModprobeConfiguration(
      dropIns: .modprobe(modprobeDropIns), softdepIndex: softdepIndex,
      moduleTree: ModuleDirectory.of(kernel.release), commandLine: kernel.commandLine)
    loadRequests = LoadRequests(dropIns: .modulesLoad(modulesLoadDropIns), commandLine: kernel.commandLine)
  }

  /// The module and everything that it depends on, the module first.
  package func closure(of module: ModuleName) -> [ModuleName] {
    [module] + (modules[module]?.dependencies ?? []).filter { $0 != module }
  }

  /// The node as it would be once these files are in place.
  package func applying(_ writes: [FileWrite]) -> NodeState {
    guard !writes.isEmpty else { return self }
    var candidates = (modprobe: modprobeDropIns, modulesLoad: modulesLoadDropIns)
    var entries = entries
    for write in writes {
      let key = PathKey(write.path)
      let dropIn = DropIn(path: write.path, contents: write.contents)
      if dropIn.directory == DropInSearchPath.modprobe[0] {
        candidates.modprobe[0].removeAll { PathKey($0.path) == key }
        candidates.modprobe[0].append(dropIn)
      } else {
        candidates.modulesLoad[0].removeAll { PathKey($0.path) == key }
        candidates.modulesLoad[0].append(dropIn)
      }
      entries[key] = FileEntry(
        path: write.path, kind: .regular, mode: write.mode, account: write.account,
        contents: write.contents)
    }
    var after = NodeState(
      kernel: kernel, modprobeDropIns: candidates.modprobe, modulesLoadDropIns: candidates.modulesLoad,
      softdepIndex: softdepIndex, entries: entries, writable: writable, modules: modules, otherKernels: otherKernels,
      users: users, groups: groups, unreadable: unreadable, loadServiceMasked: loadServiceMasked)
    after.softdepsInTree = softdepsInTree
    after.moduleTree = moduleTree
    after.sysctls = sysctls
    after.unfinishedModuleWork = unfinishedModuleWork
    return after
  }

  /// The install lines by which the module is not loaded.
  package func installRules(stopping module: ModuleName) -> [ModprobeRule] {
    configuration.installRules(stopping: module, isInTree: softdepsInTree.contains)
  }

  /// True where kmod ignores the module's install lines, because it has softdeps that lead somewhere.
  package func ignoresInstallLines(of module: ModuleName) -> Bool {
    configuration.hasSoftdep(module, isInTree: softdepsInTree.contains)
  }
}
