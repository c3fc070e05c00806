package import Modprobe

/// Something that stands in the way of a module, and what a person can do about it.
package struct Blocker: Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    case blacklist, install, alias
    /// The kernel's own switches and the process's rights.
    case kernelBlacklist, modulesDisabled, noModuleSupport, noCapability, signature, lockdown, autoloadDisabled
    /// The module tree.
    case moduleMissing, unreadableModule
    /// systemd-modules-load itself.
    case loadServiceMasked
  }

  package let kind: Kind
  /// The module that is stopped: the one asked for, or one that it depends on.
  package let module: ModuleName
  package let location: RuleLocation
  /// The rule as written, or the fact in words.
  package let text: String
  /// A command that can be pasted, or a sentence where no command does it.
  package let remedy: String

  package init(_ kind: Kind, module: ModuleName, location: RuleLocation, text: String, remedy: String) {
    self.kind = kind
    self.module = module
    self.location = location
    self.text = text
    self.remedy = remedy
  }

  /// One clause: `sctp is blacklisted at /etc/modprobe.d/sctp.conf:2`.
  package var sentence: String {
    switch kind {
    case .blacklist where location == .kernelCommandLine: "\(module) is blacklisted on the kernel command line"
    case .blacklist: "\(module) is blacklisted at \(location)"
    case .install: "\(module) is stopped by '\(text)' at \(location)"
    case .alias: "\(module) is redirected by '\(text)' at \(location)"
    case .kernelBlacklist: "\(module) is denied by \(text) on the kernel command line"
    case .modulesDisabled: "the kernel loads no more modules until the next boot (\(text))"
    case .noModuleSupport, .noCapability, .signature, .lockdown, .autoloadDisabled, .moduleMissing,
      .unreadableModule, .loadServiceMasked:
      text
    }
  }

  /// A stable token for a condition's reason.
  package var reason: String {
    switch kind {
    case .blacklist: "Blacklisted"
    case .install: "InstallCommand"
    case .alias: "AliasRedirected"
    case .kernelBlacklist: "KernelBlacklisted"
    case .modulesDisabled: "ModulesDisabled"
    case .noModuleSupport: "NoModuleSupport"
    case .noCapability: "NoCapability"
    case .signature: "SignatureRejected"
    case .lockdown: "Lockdown"
    case .autoloadDisabled: "AutoloadDisabled"
    case .moduleMissing: "ModuleMissing"
    case .unreadableModule: "ModuleUnreadable"
    case .loadServiceMasked: "LoadServiceMasked"
    }
  }
}
