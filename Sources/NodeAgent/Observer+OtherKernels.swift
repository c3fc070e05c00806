import Modprobe
import Reconcile

extension Observer {
  /// The kernels that could be booted next, and whether each has the module.
  mutating func otherKernels() throws(FileFailure) -> [InstalledKernel] {
    var kernels: [InstalledKernel] = []
    let sctp = ModuleName("sctp")
    let installed = try otherKernelTrees()
    let paths = Set(installed.map(\.path))
    otherTrees = otherTrees.filter { paths.contains($0.key) }
    for entry in installed {
      var other = otherTrees[entry.path] ?? ModuleTree(directory: entry.path)
      do throws(FileFailure) {
        let found = try other.look(up: [sctp], in: access.files)[sctp]
        var present = found?.isBuiltin == true
        if let path = found?.path { present = try access.files.stamp(path) != nil }
        kernels.append(InstalledKernel(release: entry.name, hasSCTP: present))
      } catch {
        kernels.append(InstalledKernel(release: entry.name, hasSCTP: nil))
      }
      otherTrees[entry.path] = other
    }
    return kernels
  }

  /// The module trees of the kernels that could be booted next: those beside the running one's, and where the system is
  /// an image (ostree), those of the deployments that wait for a reboot.
  private func otherKernelTrees() throws(FileFailure) -> [FileEntry] {
    var parents = [ModuleDirectory.all]
    for system in try directories(in: "/ostree/deploy") {
      for deployment in try directories(in: "\(system.path)/deploy") {
        parents.append("\(deployment.path)/usr\(ModuleDirectory.all)")
      }
    }
    var trees: [FileEntry] = []
    for parent in parents {
      for entry in try directories(in: parent)
      where entry.name != access.kernelRelease && !trees.contains(where: { $0.name == entry.name }) {
        if try isInstalled(entry.path) { trees.append(entry) }
      }
    }
    return trees
  }

  private func directories(in parent: String) throws(FileFailure) -> [FileEntry] {
    try access.files.list(parent)?.entries.filter { $0.kind == .directory } ?? []
  }

  /// A removed kernel may leave a directory behind, for modules that were built for it.
  private func isInstalled(_ tree: String) throws(FileFailure) -> Bool {
    for name in ["modules.dep", "modules.builtin", "modules.order", "vmlinuz", "kernel"] {
      if try access.files.stamp("\(tree)/\(name)") != nil { return true }
    }
    return false
  }
}
