import Modprobe
import NodeAgent
import Reconcile

/// What a load of one module needs: the drop-ins that libkmod has to obey, and the files that it may open.
struct ModuleFiles {
  /// The indexes that libkmod opens itself. For libkmod, a missing index is an empty one.
  private static let binaryIndexes = [
    "modules.dep.bin", "modules.alias.bin", "modules.symbols.bin", "modules.builtin.bin", "modules.builtin.alias.bin",
    "modules.builtin.modinfo",
  ]

  private let dropIns: [DropIn]
  /// Relative to the module directory.
  private let paths: [String]
  private let directory: String

  /// Reads the drop-ins and depmod's indexes, and finds the files of the module, its dependencies and its softdeps.
  /// Throws if an index cannot be read. A drop-in that cannot be read is left out, as modprobe(8) does.
  ///
  /// - Parameter kmod: the version of the libkmod that loads, which decides which drop-ins are read.
  init(
    of module: ModuleName, in files: LinuxFiles, directory: String, searchPath: [String], kmod: KmodVersion,
    complain: (FileFailure) -> Void
  ) throws(FileFailure) {
    var candidates: [[DropIn]] = []
    var bytes = MemoryBudget.dropIns
    for path in searchPath {
      do throws(FileFailure) {
        let listing = try files.list(path, ListingScope(bytes: bytes, isWanted: DirectoryListing.isDropInName))
        for failure in listing?.failures ?? [] { complain(failure) }
        let dropIns = listing?.dropIns(hidesByName: false) ?? []
        bytes = max(0, bytes - dropIns.reduce(0) { $0 + $1.contents.count })
        candidates.append(dropIns)
      } catch {
        complain(error)
      }
    }
    let effective = EffectiveDropIns.modprobe(candidates, kmod: kmod, isUsrMerged: files.isUsrMerged)
    func text(_ name: String, limit: Int = MemoryBudget.index) throws(FileFailure) -> [UInt8]? {
      try files.read("\(directory)/\(name)", limit: limit)
    }
    let index = ModuleIndex(dep: try text("modules.dep") ?? [], alias: try text("modules.alias") ?? [])
    let configuration = ModprobeConfiguration(
      dropIns: effective, softdepIndex: try text("modules.softdep", limit: MemoryBudget.softdepIndex), kmod: kmod)
    dropIns = effective.applied
    paths = Self.paths(of: module, index, configuration)
    self.directory = directory
  }

  /// Returns the files that a load may read. Files that it does not read do no harm.
  private static func paths(
    of module: ModuleName, _ index: ModuleIndex, _ configuration: ModprobeConfiguration
  ) -> [String] {
    var paths: [String] = []
    var seen: Set<ModuleName> = []
    var pending: Set = [module]
    while !pending.isEmpty {
      let names = Set(pending.subtracting(seen).sorted().prefix(MemoryBudget.dependencies - seen.count))
      seen.formUnion(names)
      let files = index.files(of: names)
      paths += files.values.map(\.path)
      pending = Set(files.values.flatMap(\.dependencies))
      pending.formUnion(index.modules(forAliases: names.filter { files[$0] == nil }).values.joined())
      for name in names {
        let softdeps = configuration.softdeps(of: name)
        pending.formUnion(softdeps.pre + softdeps.post)
        pending.formUnion(configuration.aliasRules(matching: name.rawValue).compactMap(\.aliasTarget))
      }
      pending.subtract(seen)
      if seen.count >= MemoryBudget.dependencies { break }
    }
    return paths
  }

  /// Makes the private directory that libkmod gets. Throws if a module's file is not a regular one, or if the directory
  /// cannot be made. An unusable index is left out, which libkmod treats as an empty one.
  func tree(in files: LinuxFiles, complain: (FileFailure) -> Void) throws(FileFailure) -> KmodTree {
    let tree = try KmodTree(below: files)
    for dropIn in dropIns { try tree.add(dropIn) }
    for name in Self.binaryIndexes + ["modules.softdep", "modules.weakdep"] {
      do throws(FileFailure) {
        if let file = try files.checked("\(directory)/\(name)", limit: KmodModules.fileLimit) {
          try tree.add(file, at: name)
        }
      } catch {
        complain(error)
      }
    }
    for path in paths {
      let components = path.split(separator: "/", omittingEmptySubsequences: false)
      guard !path.hasPrefix("/"), !components.contains(".."), !components.contains("") else {
        throw FileFailure(
          refused: .read, path, reason: .fileFailure,
          "modules.dep names this path, which is not below \(directory); run: depmod -a")
      }
      if let file = try files.checked("\(directory)/\(path)", limit: KmodModules.fileLimit) {
        try tree.add(file, at: path)
      }
    }
    return tree
  }
}
