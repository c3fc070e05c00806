/// What the kernel command line says about modules, to each of its readers.
package struct KernelCommandLine: Sendable {
  /// `modprobe.blacklist=`: what kmod blacklists. Names that hold `-` are left out, as kmod does not fold them here.
  package let modprobeBlacklist: [ModuleName]
  /// `module_blacklist=`: what the kernel itself refuses to load, whoever asks. The last one counts, and names that
  /// hold `-` are left out, as the kernel does not fold them.
  package let moduleBlacklist: [ModuleName]
  /// The word that counts of them, as written; empty: there is none.
  package let moduleBlacklistWord: String
  /// `modules_load=` and `modules-load=`: what systemd-modules-load loads first. Those with `rd.` are the initrd's.
  package let modulesLoad: [ModuleName]
  /// `module.sig_enforce`: only signed modules load.
  package let enforcesSignatures: Bool
  /// `lockdown=`: `integrity` or `confidentiality`; nil where it is not asked for here.
  package let lockdown: String?
  /// `ipv6.disable=1`: the kernel has no IPv6 sockets.
  package let isIPv6Disabled: Bool
  /// `sysctl.kernel.modules_disabled=1`: the kernel takes no module from the start (kernel-parameters.txt).
  package let disablesModules: Bool
  /// The words that say something about modules, as written.
  package let moduleWords: [String]
  /// The rules that kmod takes from here: blacklist and options.
  let modprobeRules: [ModprobeRule]
  let modprobeSkipped: [SkippedLine]

  /// - Parameter bytes: the contents of `/proc/cmdline`.
  package init(_ bytes: [UInt8] = []) {
    let line = Array(bytes.prefix { $0 != 0 })

    let modprobe = ModprobeParameters(line)
    modprobeRules = modprobe.rules
    modprobeSkipped = modprobe.skipped
    modprobeBlacklist = modprobe.rules.filter { $0.kind == .blacklist }.map { $0.source[$0.name] }
      .filter { !$0.isEmpty && !$0.contains(UInt8(ascii: "-")) }.map { ModuleName(bytes: $0) }

    var moduleBlacklist: ArraySlice<UInt8> = []
    var moduleBlacklistWord = ""
    var enforcesSignatures = false
    var lockdown: String?
    var isIPv6Disabled = false
    var disablesModules = false
    var moduleWords: [String] = []
    for parameter in KernelParameter.all(in: line) {
      switch parameter.name {
      case "module_blacklist":
        moduleBlacklist = parameter.value ?? []
        moduleBlacklistWord = parameter.word
      case "module.sig_enforce":
        enforcesSignatures = enforcesSignatures || parameter.isTrue
      case "lockdown":
        let level = parameter.text
        if level == "confidentiality" || (level == "integrity" && lockdown == nil) { lockdown = level }
      case "ipv6.disable":
        isIPv6Disabled = parameter.isNonzero
      case "sysctl.kernel.modules_disabled", "sysctl.kernel/modules_disabled":
        disablesModules = parameter.isNonzero
      case "modprobe.blacklist", "modules_load", "rd.modules_load":
        break
      default:
        continue
      }
      moduleWords.append(parameter.word)
    }
    self.moduleBlacklist = moduleBlacklist.split(separator: UInt8(ascii: ","))
      .filter { !$0.contains(UInt8(ascii: "-")) }.map { ModuleName(bytes: $0) }
    self.moduleBlacklistWord = moduleBlacklistWord
    self.enforcesSignatures = enforcesSignatures
    self.lockdown = lockdown
    self.isIPv6Disabled = isIPv6Disabled
    self.disablesModules = disablesModules
    self.moduleWords = moduleWords

    modulesLoad = SystemdParameters.modulesLoad(in: line)
  }
}
