import MachineIntent
package import Modprobe

/// Everything on the node that a decision may depend on. `Observer` makes it, and `applying` makes it as it will be
/// after some writes.
///
/// The parts of `surroundings` can be read and changed as if they were its own.
@dynamicMemberLookup
package struct NodeState: Sendable {
  package var surroundings: Surroundings
  /// Candidates of each directory of `DropInSearchPath.modprobe`, in that order; a missing directory is empty.
  package var modprobeDropIns: [[DropIn]]
  /// Candidates of each directory of `DropInSearchPath.modulesLoad`.
  package var modulesLoadDropIns: [[DropIn]]
  /// The entries of `/etc/modprobe.d` and `/etc/modules-load.d` by path.
  package var entries: [PathKey: FileEntry]
  /// Whether each of these two directories may be written.
  package var writable: [String: Writability]
  /// The drop-ins and directories that could not be read: their rules are unknown.
  package var unreadDropIns: [FileFailure]
  /// The softdeps of `modules` that the module tree knows.
  package var softdepsInTree: Set<ModuleName> = []

  private let privatePaths: Set<String>
  /// The configuration as the node's own kmod reads it.
  package let configuration: ModprobeConfiguration
  /// The configuration as the libkmod by which the agent loads reads it; nil if that is the node's.
  let agentConfiguration: ModprobeConfiguration?
  package private(set) var loadRequests: LoadRequests

  package enum Writability: Hashable, Sendable {
    case yes
    case no(FileFailure)
  }

  package init(
    surroundings: Surroundings, modprobeDropIns: [[DropIn]], modulesLoadDropIns: [[DropIn]],
    entries: [PathKey: FileEntry] = [:], writable: [String: Writability] = [:], unreadDropIns: [FileFailure] = []
  ) {
    self.surroundings = surroundings
    self.modprobeDropIns = modprobeDropIns
    self.modulesLoadDropIns = modulesLoadDropIns
    self.entries = entries
    self.writable = writable
    self.unreadDropIns = unreadDropIns
    privatePaths = Set(modprobeDropIns.joined().filter(\.isPrivate).map(\.path))
    let (kernel, userland) = (surroundings.kernel, surroundings.userland)
    func read(by kmod: KmodVersion) -> ModprobeConfiguration {
      Self.configuration(of: modprobeDropIns, surroundings, asReadBy: kmod)
    }
    configuration = read(by: userland.kmodRules)
    agentConfiguration = userland.loaderRules == userland.kmodRules ? nil : read(by: userland.loaderRules)
    loadRequests = LoadRequests(
      dropIns: .modulesLoad(modulesLoadDropIns, systemd: userland.systemdRules), commandLine: kernel.commandLine,
      systemd: userland.systemdRules)
  }

  /// Returns the configuration as another version of kmod reads it.
  package func configuration(asReadBy kmod: KmodVersion) -> ModprobeConfiguration {
    Self.configuration(of: modprobeDropIns, surroundings, asReadBy: kmod)
  }

  private static func configuration(
    of dropIns: [[DropIn]], _ surroundings: Surroundings, asReadBy kmod: KmodVersion
  ) -> ModprobeConfiguration {
    ModprobeConfiguration(
      dropIns: .modprobe(dropIns, kmod: kmod, isUsrMerged: surroundings.userland.isUsrMerged),
      softdepIndex: surroundings.softdepIndex, weakdepIndex: surroundings.weakdepIndex,
      moduleTree: ModuleDirectory.of(surroundings.kernel.release), commandLine: surroundings.kernel.commandLine,
      kmod: kmod)
  }

  /// The configuration of the node, and that of the agent where it is another one.
  package var configurations: [ModprobeConfiguration] { [configuration, agentConfiguration].compactMap(\.self) }

  /// Whether `--unblock` can comment the rule out: the node's own kmod reads it, in a file of a name that may be
  /// written.
  func canUnblock(_ rule: ModprobeRule) -> Bool {
    let name = DropIn(path: rule.location.file, contents: []).name
    return WritablePath.refusal(of: "\(DropInSearchPath.modprobe[0])/\(name)") == nil
      && (agentConfiguration == nil || configuration.rules.contains(rule))
  }

  /// Whether the agent's libkmod hands the module's file to the kernel as it is, which then decompresses it.
  func kernelDecompresses(_ facts: ModuleFacts) -> Bool {
    guard let format = surroundings.kernel.decompresses, surroundings.userland.loaderRules.letsKernelDecompress else {
      return false
    }
    return facts.compression == ["gzip": "gz", "zstd": "zst"][format, default: format]
  }

  /// The text that is reported for a rule of a file that only its owner may read.
  static let privateText = "(readable by root only)"

  /// Whether the file of a rule is readable by its owner only.
  func isPrivate(_ location: RuleLocation) -> Bool {
    guard case .line(_, of: let path) = location else { return false }
    return privatePaths.contains(path)
  }

  package subscript<Value>(dynamicMember part: WritableKeyPath<Surroundings, Value>) -> Value {
    get { surroundings[keyPath: part] }
    set { surroundings[keyPath: part] = newValue }
  }

  /// The reason why a fact is unknown on which a verdict depends; empty if all are known.
  package var unreadable: [FileFailure] { unreadDropIns + surroundings.unreadKernel + surroundings.unreadModules }

  /// The module and everything that it depends on, the module first.
  package func closure(of module: ModuleName) -> [ModuleName] {
    [module] + (surroundings.modules[module]?.dependencies ?? []).filter { $0 != module }
  }

  /// Returns the node as it would be once these files are in place.
  package func applying(_ writes: [FileWrite]) -> NodeState {
    guard !writes.isEmpty else { return self }
    let written = Set(writes.map { PathKey($0.path) })
    var (modprobe, modulesLoad, entries) = (modprobeDropIns, modulesLoadDropIns, entries)
    modprobe[0].removeAll { written.contains(PathKey($0.path)) }
    modulesLoad[0].removeAll { written.contains(PathKey($0.path)) }
    for write in writes {
      let dropIn = DropIn(path: write.path, contents: write.contents)
      if dropIn.directory == DropInSearchPath.modprobe[0] {
        modprobe[0].append(dropIn)
      } else {
        modulesLoad[0].append(dropIn)
      }
      entries[PathKey(write.path)] = FileEntry(
        path: write.path, kind: .regular, mode: write.mode, account: write.account, contents: write.contents)
    }
    var after = NodeState(
      surroundings: surroundings, modprobeDropIns: modprobe, modulesLoadDropIns: modulesLoad, entries: entries,
      writable: writable, unreadDropIns: unreadDropIns)
    after.softdepsInTree = softdepsInTree
    return after
  }

  /// The install lines that keep the module out; see
  /// `ModprobeConfiguration.installRules(stopping:isDependency:isInTree:)`.
  package func installRules(stopping module: ModuleName, isDependency: Bool = false) -> [ModprobeRule] {
    configuration.installRules(stopping: module, isDependency: isDependency, isInTree: softdepsInTree.contains)
  }

  /// Whether kmod ignores the module's install lines, because it has softdeps that lead somewhere.
  package func ignoresInstallLines(of module: ModuleName) -> Bool {
    configuration.hasSoftdep(module, isInTree: softdepsInTree.contains)
  }
}
