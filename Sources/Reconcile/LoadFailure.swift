package import Modprobe

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
