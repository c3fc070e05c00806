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

  private static let limit = MemoryBudget.index
  private static let indexes = ["modules.dep", "modules.alias", "modules.builtin"]

  let directory: String
  private var stamps: [FileStamp?] = []
  private var known: [ModuleName: Entry] = [:]
  private(set) var softdepIndex: [UInt8]?
  private(set) var weakdepIndex: [UInt8]?

  /// Whether there was an index when the tree was last read.
  var isIndexed: Bool { stamps.first.flatMap(\.self) != nil }

  init(release: String) { self.init(directory: ModuleDirectory.of(release)) }

  init(directory: String) { self.directory = directory }

  /// Looks up the modules and all their dependencies, from memory if the indexes have not changed. Throws if an index
  /// cannot be read.
  mutating func look(up modules: [ModuleName], in files: any ReadableFiles) throws(FileFailure) -> [ModuleName: Entry] {
    var fresh: [FileStamp?] = []
    for name in Self.indexes + ["modules.softdep", "modules.weakdep"] {
      fresh.append(try files.stamp("\(directory)/\(name)"))
    }
    if fresh != stamps {
      known = [:]
      softdepIndex = try files.read("\(directory)/modules.softdep", limit: Self.limit)
      weakdepIndex = try files.read("\(directory)/modules.weakdep", limit: Self.limit)
      stamps = fresh
    }
    if modules.contains(where: { known[$0] == nil }) {
      var bytes: [[UInt8]] = []
      for name in Self.indexes { bytes.append(try files.read("\(directory)/\(name)", limit: Self.limit) ?? []) }
      let index = ModuleIndex(dep: bytes[0], alias: bytes[1], builtin: bytes[2])
      var pending = modules
      var found = 0
      while let module = pending.popLast() {
        guard known[module] == nil else { continue }
        found += 1
        guard found <= modules.count + MemoryBudget.dependencies else {
          throw FileFailure(
            .read, "\(directory)/modules.dep", errno: 0, reason: .tooLarge,
            message: "the modules depend on more than \(MemoryBudget.dependencies) others; run: depmod -a")
        }
        let dependencies = index.dependencies(of: module)
        let path = index.path(of: module)
        let isBuiltin = index.isBuiltin(module)
        known[module] = Entry(
          path: path.map { $0.hasPrefix("/") ? $0 : "\(directory)/\($0)" }, dependencies: dependencies,
          aliases: index.aliases(of: module), isBuiltin: isBuiltin,
          isKnown: path != nil || isBuiltin || !index.modules(forAlias: module.rawValue).isEmpty)
        pending += dependencies
      }
    }
    return known
  }
}
