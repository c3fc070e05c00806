/// The parts of the kernel command line about modules, as each of its readers understands them.
package struct KernelCommandLine: Sendable {
  /// `modprobe.blacklist=`: the modules that kmod blacklists. Names with `-` are left out, because kmod does not fold
  /// them here.
  package let modprobeBlacklist: [ModuleName]
  /// `module_blacklist=`: the modules that the kernel itself refuses to load. The last parameter counts, and names with
  /// `-` are left out, because the kernel does not fold them.
  package let moduleBlacklist: [ModuleName]
  /// The `module_blacklist=` that counts, as written; empty if there is none.
  package let moduleBlacklistWord: String
  /// `modules_load=` and `modules-load=`: what systemd-modules-load loads first. Those with `rd.` are for the initrd.
  package let modulesLoad: [ModuleName]
  /// The `systemd.mask=` that masks systemd-modules-load.service, without quotes; nil if there is none.
  package let loadServiceMask: String?
  /// `module.sig_enforce`: only signed modules load.
  package let enforcesSignatures: Bool
  /// `lockdown=`: `integrity` or `confidentiality`; nil if the line asks for neither.
  package let lockdown: String?
  /// `ipv6.disable=1`: the kernel has no IPv6 sockets.
  package let isIPv6Disabled: Bool
  /// The word that makes the kernel refuse every module from the start: `sysctl.kernel.modules_disabled=1`, or
  /// `nomodule` (kernel/module/main.c). Nil if there is none, or if a later word overrides it.
  package let modulesDisabledWord: String?
  /// `initcall_blacklist=`: the init functions that the kernel does not call, each with the word that names it. A module
  /// whose init function is among them is refused with EPERM (init/main.c).
  package let initcallBlacklist: [(function: String, word: String)]
  /// The words about modules, as written.
  package let moduleWords: [String]
  /// The line itself, for readers that split it in another way.
  let line: [UInt8]

  /// - Parameter bytes: the contents of `/proc/cmdline`.
  package init(_ bytes: [UInt8] = []) {
    line = Array(bytes.prefix { $0 != 0 })

    modprobeBlacklist = ModprobeParameters(line).rules.filter { $0.kind == .blacklist }.map { $0.source[$0.name] }
      .filter { !$0.isEmpty && !$0.contains(UInt8(ascii: "-")) }.map { ModuleName(bytes: $0) }

    var moduleBlacklist: ArraySlice<UInt8> = []
    var moduleBlacklistWord = ""
    var enforcesSignatures = false
    var lockdown: String?
    var isIPv6Disabled = false
    var modulesDisabledWord: String?
    var initcallBlacklist: [(function: String, word: String)] = []
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
      case _ where parameter.isSysctl("kernel.modules_disabled"):
        // The kernel's sysctl only ever goes from 0 to 1, and takes no other value.
        if parameter.text.flatMap({ Int($0) }) == 1 { modulesDisabledWord = parameter.word }
      case "nomodule":
        modulesDisabledWord = parameter.isTrue ? parameter.word : nil
      case "initcall_blacklist":
        for name in (parameter.value ?? []).split(separator: UInt8(ascii: ",")) {
          initcallBlacklist.append((String(decoding: name, as: UTF8.self), parameter.word))
        }
      case "modprobe.blacklist", "modules_load", "rd.modules_load":
        break
      case "systemd.mask" where parameter.text?.hasPrefix("systemd-modules-load") ?? false:
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
    self.modulesDisabledWord = modulesDisabledWord
    self.initcallBlacklist = initcallBlacklist
    self.moduleWords = moduleWords

    modulesLoad = SystemdParameters.modulesLoad(in: line)
    loadServiceMask = SystemdParameters.mask(of: "systemd-modules-load.service", in: line)
  }
}
