package import Modprobe

/// A rule or a fact that keeps a module from being loaded, and what a person can do about it.
package struct Blocker: Hashable, Sendable {
  /// The kinds. The ones that are hardest to remove come first.
  package enum Kind: Int, Hashable, Sendable, CaseIterable, Comparable {
    // The module tree.
    case noModuleSupport, moduleMissing, unreadableModule
    // The kernel's own switches.
    case modulesDisabled, kernelBlacklist, initcallBlacklist, signature, lockdown, invalidOption
    // modprobe.d.
    case install, alias, blacklist
    // systemd-modules-load itself, the program that autoload starts, and the rights of this process.
    case loadServiceMasked, autoloadDisabled, noCapability
    // The load itself: the agent could not prepare it, or it has not ended yet.
    case loadNotPrepared, loading

    package static func < (left: Kind, right: Kind) -> Bool { left.rawValue < right.rawValue }
  }

  package let kind: Kind
  /// The module that it stops: the one asked for, or a dependency of it.
  package let module: ModuleName
  package let location: RuleLocation
  /// The rule as written, or the fact as a clause.
  package let text: String
  /// A command to paste, or a sentence if no command cures it.
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
    case .kernelBlacklist, .initcallBlacklist: "\(module) is denied by \(text) on the kernel command line"
    case .invalidOption: "the kernel refuses an option of \(module), '\(text)' at \(location)"
    case .modulesDisabled: "the kernel loads no more modules until the next boot (\(text))"
    case .noModuleSupport, .noCapability, .signature, .lockdown, .autoloadDisabled, .moduleMissing,
      .unreadableModule, .loadServiceMasked, .loading, .loadNotPrepared:
      text
    }
  }

  /// The reason that a condition gives for it.
  package var reason: Condition.Reason {
    switch kind {
    case .blacklist: .blacklisted
    case .install: .installCommand
    case .alias: .aliasRedirected
    case .kernelBlacklist: .kernelBlacklisted
    case .initcallBlacklist: .initcallBlacklisted
    case .invalidOption: .invalidOption
    case .modulesDisabled: .modulesDisabled
    case .noModuleSupport: .noModuleSupport
    case .noCapability: .noCapability
    case .signature: .signatureRejected
    case .lockdown: .lockdown
    case .autoloadDisabled: .autoloadDisabled
    case .moduleMissing: .moduleMissing
    case .unreadableModule: .moduleUnreadable
    case .loadServiceMasked: .loadServiceMasked
    case .loadNotPrepared: .loadNotPrepared
    case .loading: .loading
    }
  }
}
