package import Modprobe

/// Everything but the drop-ins that a decision about a node may depend on: what the kernel reports, the modules, the
/// accounts, and what the node's other files say.
package struct Surroundings: Sendable {
  package var kernel: KernelState
  /// The module tree's `modules.softdep`; nil if there is none.
  package var softdepIndex: [UInt8]?
  /// The module tree's `modules.weakdep`; nil if there is none.
  package var weakdepIndex: [UInt8]?
  /// The kmod and the systemd whose rules are followed.
  package var userland = Userland()
  package var distribution = Distribution.unknown
  package var modules: [ModuleName: ModuleFacts] = [:]
  /// The module tree of the running kernel.
  package var moduleTree = ModuleTreeState.indexed
  package var otherKernels: [InstalledKernel] = []
  /// The numbers of the users and groups that the intent names.
  package var users: [String: UInt32] = [:]
  package var groups: [String: UInt32] = [:]
  /// The reason why the accounts that are not among `users` and `groups` are unknown; nil if the node has no such
  /// accounts.
  package var unreadAccounts: FileFailure?
  /// The path that masks systemd-modules-load itself, so that no load file has an effect at boot; nil if none does.
  package var loadServiceMask: String?
  /// What sysctl.d says about `net.sctp` and the kernel's switches for modules, in the order in which it is applied.
  package var sysctls: [SysctlSetting] = []
  /// The load or inspection that has not ended; nil if there is none.
  package var unfinishedModuleWork: UnfinishedModuleWork?
  /// The reason why facts are unknown on which a verdict depends: facts of the kernel, of systemd and of the modules.
  package var unreadKernel: [FileFailure] = []
  package var unreadModules: [FileFailure] = []
  /// The reason why facts are unknown that only notes mention.
  package var unreadRemarks: [FileFailure] = []

  package init(kernel: KernelState) { self.kernel = kernel }
}
