package import Modprobe

/// What the running kernel says about loading modules at all.
package struct KernelState: Sendable {
  /// `uname -r`.
  package var release: String
  /// nil: procfs does not tell.
  package var bootID: String?
  package var commandLine: KernelCommandLine
  /// False for a kernel built without loadable modules.
  package var supportsModules: Bool
  /// `/proc/sys/kernel/modules_disabled`: one-way until the next boot.
  package var modulesDisabled: Bool
  /// `/proc/sys/kernel/modprobe`: the program that autoload starts. Empty: autoload is off. nil: not known.
  package var modprobePath: String?
  /// False where that is not the usual path, and nothing is there.
  package var modprobeExists: Bool
  /// `none`, `integrity` or `confidentiality`; nil: the kernel has no lockdown, or securityfs is not mounted and the
  /// command line asks for none.
  package var lockdown: String?
  package var enforcesSignatures: Bool
  /// CAP_SYS_MODULE of this process, in the initial user namespace; nil: procfs does not tell.
  package var mayLoadModules: Bool?
  /// The connection tracker's SCTP part, which Services need; nil: no connection tracking at all.
  package var conntrackSCTP: Bool?
  /// The values below `/proc/sys/net/sctp` in this process's network namespace, by name; empty: sctp is not loaded.
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

/// Another kernel that is installed beside the running one.
package struct InstalledKernel: Hashable, Sendable {
  package let release: String
  /// nil: its module index could not be read.
  package let hasSCTP: Bool?

  package init(release: String, hasSCTP: Bool?) {
    self.release = release
    self.hasSCTP = hasSCTP
  }
}
