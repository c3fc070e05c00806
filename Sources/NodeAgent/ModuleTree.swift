import Modprobe
import Reconcile

/// A cache of what depmod's indexes of one kernel say about a few modules. The indexes themselves are not kept.
struct ModuleTree {
  struct Entry: Hashable {
    let path: String?
    let dependencies: [ModuleName]
    let aliases: [String]
    let isBuiltin: Bool
    /// Whether the tree has the name as a module, as part of the kernel or as an alias.
    let isKnown: Bool
  }

  private static let indexes = ["modules.dep", "modules.alias", "modules.builtin"]

  let directory: String
  /// Whether to read the softdeps and weakdeps too.
  private let readsSoftdeps: Bool
  private var stamps: [FileStamp?] = []
  private var known: [ModuleName: Entry] = [:]
  private(set) var softdepIndex: [UInt8]?
  private(set) var weakdepIndex: [UInt8]?

  /// Whether there was an index when the tree was last read.
  var isIndexed: Bool { stamps.first.flatMap(\.self) != nil }

  /// The tree of the running kernel.
  init(release: String) { self.init(directory: ModuleDirectory.of(release), readsSoftdeps: true) }

  /// The tree of another kernel, of which no softdeps are read.
  init(directory: String) { self.init(directory: directory, readsSoftdeps: false) }

  private init(directory: String, readsSoftdeps: Bool) {
    self.directory = directory
    self.readsSoftdeps = readsSoftdeps
  }

  /// Looks up the modules and all their dependencies, from memory if the indexes have not changed. Throws if an index
  /// cannot be read.
  mutating func look(up modules: [ModuleName], in files: any ReadableFiles) throws(FileFailure) -> [ModuleName: Entry] {
    var unlimited = Int.max
    return try look(up: modules, in: files, reading: &unlimited)
  }

  /// Does the same, and subtracts the size of the indexes that have to be read from `bytes`. Throws if it is larger.
  mutating func look(
    up modules: [ModuleName], in files: any ReadableFiles, reading bytes: inout Int
  ) throws(FileFailure) -> [ModuleName: Entry] {
    let softdeps = readsSoftdeps ? ["modules.softdep", "modules.weakdep"] : []
    let fresh = try files.stamps(of: Self.indexes + softdeps, in: directory)
    if fresh != stamps {
      let size = fresh.reduce(0) { $0 + ($1?.size ?? 0) }
      guard size <= bytes else {
        throw FileFailure(
          .read, directory, errno: 0, reason: .tooLarge,
          message: "the indexes of the kernels are too large to be read at once; the rest is read next time")
      }
      bytes -= size
      known = [:]
      if readsSoftdeps {
        softdepIndex = try files.read("\(directory)/modules.softdep", limit: MemoryBudget.softdepIndex)
        weakdepIndex = try files.read("\(directory)/modules.weakdep", limit: MemoryBudget.softdepIndex)
      }
      stamps = fresh
    }
    let missing = Set(modules.filter { known[$0] == nil })
    if !missing.isEmpty {
      for (name, entry) in try read(missing, in: files) { known[name] = entry }
    }
    return known
  }

  /// Reads what the indexes say about the modules and their dependencies. Holds one index at a time.
  private func read(
    _ modules: Set<ModuleName>, in files: any ReadableFiles
  ) throws(FileFailure) -> [ModuleName: Entry] {
    func index(_ name: String) throws(FileFailure) -> [UInt8] {
      try files.read("\(directory)/\(name)", limit: MemoryBudget.index) ?? []
    }
    var (found, names) = ([ModuleName: ModuleIndex.File](), modules)
    do {
      let dep = ModuleIndex(dep: try index("modules.dep"))
      found = dep.files(of: modules)
      // The line of a module names all that it needs, so that the dependencies' own lines add no names.
      let dependencies = Set(found.values.flatMap(\.dependencies)).subtracting(modules)
      guard dependencies.count <= MemoryBudget.dependencies else {
        throw FileFailure(
          .read, "\(directory)/modules.dep", errno: 0, reason: .tooLarge,
          message: "the modules depend on more than \(MemoryBudget.dependencies) others; run: depmod -a")
      }
      found.merge(dep.files(of: dependencies)) { first, _ in first }
      names.formUnion(dependencies)
    }
    let builtin = ModuleIndex(builtin: try index("modules.builtin")).builtin(among: names)
    let alias = ModuleIndex(alias: try index("modules.alias"))
    let aliases = alias.aliases(of: names)
    let isAlias = alias.modules(forAliases: names.filter { found[$0] == nil && !builtin.contains($0) })
    var entries: [ModuleName: Entry] = [:]
    for name in names {
      let (file, isBuiltin) = (found[name], builtin.contains(name))
      entries[name] = Entry(
        path: file.map { $0.path.hasPrefix("/") ? $0.path : "\(directory)/\($0.path)" },
        dependencies: file?.dependencies ?? [], aliases: aliases[name] ?? [], isBuiltin: isBuiltin,
        isKnown: file != nil || isBuiltin || isAlias[name] != nil)
    }
    return entries
  }
}
