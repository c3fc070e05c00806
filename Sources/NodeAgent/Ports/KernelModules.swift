package import Modprobe
package import Reconcile

/// The running kernel's modules.
package protocol KernelModules: Sendable {
  /// Loads the module and what it depends on as `modprobe NAME` would, in process and without running any program.
  ///
  /// Returning says only that nobody objected: what counts is the module's `initstate` afterwards, which the caller
  /// reads. Blocks for as long as the kernel takes.
  func load(_ module: ModuleName) throws(LoadFailure)
}
