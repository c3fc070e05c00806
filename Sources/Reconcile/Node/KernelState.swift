package import Modprobe

/// What the running kernel reports about itself and about loading modules.
package struct KernelState: Sendable {
  /// `uname -r`.
  package var release: String
  /// The identity of this boot; nil if procfs does not report it.
  package var bootID: String?
  package var commandLine: KernelCommandLine
  /// Whether the kernel was built with loadable modules.
  package var supportsModules: Bool
  /// `/proc/sys/kernel/modules_disabled`; once set, it stays until the next boot.
  package var modulesDisabled: Bool
  /// `/proc/sys/kernel/modprobe`: the program that autoload starts. Empty if autoload is off; nil if it is unknown.
  package var modprobePath: String?
  /// Whether that program exists. The usual path is assumed to exist.
  package var modprobeExists: Bool
  /// `none`, `integrity` or `confidentiality`; nil if the kernel has no lockdown, or if securityfs is not mounted and the
  /// command line asks for none.
  package var lockdown: String?
  package var enforcesSignatures: Bool
  /// `/sys/module/compression`: the format that the kernel decompresses itself, `gzip`, `xz` or `zstd`; nil if none.
  package var decompresses: String?
  /// Whether this process has CAP_SYS_MODULE in the initial user namespace; nil if procfs does not report it.
  package var mayLoadModules: Bool?
  /// Whether connection tracking knows SCTP, which Services need; nil if there is no connection tracking.
  package var conntrackSCTP: Bool?
  /// The values below `/proc/sys/net/sctp` in this process's network namespace, by name; empty if sctp is not loaded.
  package var sctpSysctls: [String: String]

  package init(
    release: String, bootID: String? = nil, commandLine: KernelCommandLine, supportsModules: Bool = true,
    modulesDisabled: Bool = false, modprobePath: String? = "/sbin/modprobe", modprobeExists: Bool = true,
    lockdown: String? = nil,
    enforcesSignatures: Bool = false, mayLoadModules: Bool? = true,
    conntrackSCTP: Bool? = nil, sctpSysctls: [String: String] = [:]
  ) {
    self.release = release
    self.bootID = bootID
    self.commandLine = commandLine
    self.supportsModules = supportsModules
    self.modulesDisabled = modulesDisabled
    self.modprobePath = modprobePath
    self.modprobeExists = modprobeExists
    self.lockdown = lockdown
    self.enforcesSignatures = enforcesSignatures
    self.mayLoadModules = mayLoadModules
    self.conntrackSCTP = conntrackSCTP
    self.sctpSysctls = sctpSysctls
  }
}

extension KernelState {
  /// Whether the kernel refuses every load until the next boot. `nomodule` sets modules_disabled when the kernel starts.
  var loadsNoModules: Bool {
    modulesDisabled || commandLine.modulesDisabledWord?.hasPrefix("nomodule") == true
  }
}

/// Another kernel that is installed beside the running one.
package struct InstalledKernel: Hashable, Sendable {
  package let release: String
  /// Whether it has sctp; nil if its module index could not be read.
  package let hasSCTP: Bool?

  package init(release: String, hasSCTP: Bool?) {
    self.release = release
    self.hasSCTP = hasSCTP
  }
}
