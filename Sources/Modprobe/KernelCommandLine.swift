/// What the kernel command line says about modules, to each of its readers.
package struct KernelCommandLine: Sendable {
  /// `modprobe.blacklist=`: what kmod blacklists. Names that hold `-` are left out, as kmod does not fold them here.
  package let modprobeBlacklist: [ModuleName]
  /// `module_blacklist=`: what the kernel itself refuses to load, whoever asks. The last one counts.
  package let moduleBlacklist: [ModuleName]
  /// `modules_load=` and `modules-load=`: what systemd-modules-load loads first. Those with `rd.` are the initrd's.
  package let modulesLoad: [ModuleName]
  /// `module.sig_enforce`: only signed modules load.
  package let enforcesSignatures: Bool
  /// `lockdown=`: `integrity` or `confidentiality`; nil where it is not asked for here.
  package let lockdown: String?
  /// `ipv6.disable=1`: the kernel has no IPv6 sockets.
  package let isIPv6Disabled: Bool
  /// The rules that kmod takes from here: blacklist and options.
  let modprobeRules: [ModprobeRule]

  /// The name of this source in a `RuleLocation`.
  package static let sourceName = "kernel command line"

  /// - Parameter bytes: the contents of `/proc/cmdline`.
  package init(_ bytes: [UInt8] = []) {
    modprobeBlacklist = []
    moduleBlacklist = []
    modulesLoad = []
    enforcesSignatures = false
    lockdown = nil
    isIPv6Disabled = false
    modprobeRules = []
  }
}
