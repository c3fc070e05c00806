import Modprobe
import Reconcile

extension Observer {
  /// Returns the kernels that could be booted next, and whether each has the module. At most `MemoryBudget.kernels`.
  ///
  /// - Parameters:
  ///   - facts: notes what cannot be read.
  ///   - goesOn: once it returns false, the rest is left out.
  mutating func otherKernels(_ facts: inout FactReader, while goesOn: () -> Bool) -> [InstalledKernel] {
    let sctp = ModuleName("sctp")
    let installed = otherKernelTrees(&facts, while: goesOn)
    let paths = Set(installed.map(\.path))
    otherTrees = otherTrees.filter { paths.contains($0.key) }
    var bytes = MemoryBudget.otherIndexes
    var kernels: [InstalledKernel] = []
    for entry in installed where goesOn() {
      kernels.append(InstalledKernel(release: entry.name, hasSCTP: hasModule(sctp, in: entry.path, reading: &bytes)))
    }
    return kernels
  }

  /// Returns whether the tree has the module, or nil if that is unknown.
  private mutating func hasModule(_ module: ModuleName, in path: String, reading bytes: inout Int) -> Bool? {
    var tree = otherTrees[path] ?? ModuleTree(directory: path)
    defer { otherTrees[path] = tree }
    do throws(FileFailure) {
      let found = try tree.look(up: [module], in: access.files, reading: &bytes)[module]
      if found?.isBuiltin == true { return true }
      guard let file = found?.path else { return false }
      return try access.files.stamp(file) != nil
    } catch {
      return nil
    }
  }

  /// Returns the module trees of the kernels that could be booted next: those beside the running kernel's, and on an
  /// image-based system (ostree), those of the deployments that wait for a reboot.
  private func otherKernelTrees(_ facts: inout FactReader, while goesOn: () -> Bool) -> [FileEntry] {
    var parents = [ModuleDirectory.all]
    for system in directories(in: "/ostree/deploy", &facts) {
      for deployment in directories(in: "\(system.path)/deploy", &facts) {
        parents.append("\(deployment.path)/usr\(ModuleDirectory.all)")
      }
    }
    var names: Set<String> = [access.kernelRelease]
    var trees: [FileEntry] = []
    for parent in parents {
      for entry in directories(in: parent, &facts)
      where goesOn() && isInstalled(entry.path) && names.insert(entry.name).inserted {
        guard trees.count < MemoryBudget.kernels else {
          facts.note(
            FileFailure(
              .list, parent, errno: 0, reason: .tooLarge,
              message: "there are more than \(MemoryBudget.kernels) other kernels; the rest is ignored"))
          return trees
        }
        trees.append(entry)
      }
    }
    return trees
  }

  private func directories(in parent: String, _ facts: inout FactReader) -> [FileEntry] {
    facts.read(orElse: []) { () throws(FileFailure) in
      try access.files.list(parent, .kinds)?.entries.filter { $0.kind == .directory } ?? []
    }
  }

  /// Whether a kernel is installed there. A removed kernel may leave a directory behind, for modules that were built for
  /// it.
  private func isInstalled(_ tree: String) -> Bool {
    ["modules.dep", "modules.builtin", "modules.order", "vmlinuz", "kernel"].contains { name in
      do throws(FileFailure) {
        return try access.files.stamp("\(tree)/\(name)") != nil
      } catch {
        // It exists but cannot be reached.
        return true
      }
    }
  }
}
