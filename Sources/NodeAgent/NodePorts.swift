package import Reconcile

/// The ports through which the agent reaches one node. Only the executable chooses the real ones.
package struct NodePorts: Sendable {
  /// The node's files, below `--root`.
  package let files: any NodeFiles
  /// procfs and sysfs, each with its mount point as root.
  package let proc: any ReadableFiles
  package let sys: any ReadableFiles
  /// The agent's own view of the file system, to which `--intent` paths belong.
  package let own: any ReadableFiles
  package let modules: any KernelModules
  package let probe: any ProtocolProbe
  /// The libkmod by which `modules` loads.
  package let loader: Userland.Loader
  /// `uname -r`.
  package let kernelRelease: String

  package init(
    files: any NodeFiles, proc: any ReadableFiles, sys: any ReadableFiles, own: any ReadableFiles,
    modules: any KernelModules, probe: any ProtocolProbe, kernelRelease: String,
    loader: Userland.Loader = .node
  ) {
    self.files = files
    self.proc = proc
    self.sys = sys
    self.own = own
    self.modules = modules
    self.probe = probe
    self.loader = loader
    self.kernelRelease = kernelRelease
  }

  /// Returns the same ports for one look at the node: `ReadableFiles.forOneLook`.
  func forOneLook() -> NodePorts {
    NodePorts(
      files: files.forOneLook(), proc: proc.forOneLook(), sys: sys.forOneLook(), own: own, modules: modules,
      probe: probe, kernelRelease: kernelRelease, loader: loader)
  }
}
