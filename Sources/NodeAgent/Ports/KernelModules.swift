package import Modprobe

/// The running kernel's modules.
package protocol KernelModules: Sendable {
  /// Loads the module and what it depends on as `modprobe NAME` would, in process and without running any program.
  ///
  /// Returning says only that nobody objected: what counts is the module's `initstate` afterwards, which the caller
  /// reads. Blocks for as long as the kernel takes.
  func load(_ module: ModuleName) throws(LoadFailure)
}

/// Why the kernel or libkmod refused a module.
package struct LoadFailure: Error, Hashable, Sendable {
  package let module: ModuleName
  /// Positive; 0 where libkmod gave none.
  package let errno: Int32
  /// The `install` command that was met and not run; nil: none.
  package let refusedCommand: String?
  /// What libkmod logged on the way, last line last.
  package let log: [String]

  package init(module: ModuleName, errno: Int32, refusedCommand: String? = nil, log: [String] = []) {
    self.module = module
    self.errno = errno
    self.refusedCommand = refusedCommand
    self.log = log
  }
}
