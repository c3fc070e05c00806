extension Condition {
  /// Every reason that a condition, a failed file operation or a rule in a module's way can have.
  ///
  /// The raw values are stable: alerts, scripts and the troubleshooting table refer to them.
  package enum Reason: String, Codable, Hashable, Sendable, CaseIterable {
    // IntentValid
    case valid = "Valid"
    case invalid = "Invalid"
    case conflictsWithManaged = "ConflictsWithManaged"
    case notRead = "NotRead"

    // FilesInSync
    case inSync = "InSync"
    case drifted = "Drifted"
    case held = "Held"
    case contended = "Contended"
    // A file operation that failed.
    case readOnly = "ReadOnly"
    case noSpace = "NoSpace"
    case permissionDenied = "PermissionDenied"
    case notFound = "NotFound"
    case isDirectory = "IsDirectory"
    case notDirectory = "NotDirectory"
    case noSuchOwner = "NoSuchOwner"
    case symlinkedDirectory = "SymlinkedDirectory"
    case tooLarge = "TooLarge"
    case inputOutput = "InputOutput"
    case tooManyOpenFiles = "TooManyOpenFiles"
    case immutable = "Immutable"
    case locked = "Locked"
    case fileFailure = "FileFailure"

    // Unblocked
    case open = "Open"
    case keptOut = "KeptOut"
    case notKeptOut = "NotKeptOut"
    case nothingWanted = "NothingWanted"
    case unreadable = "Unreadable"
    // A rule in a module's way: also reasons of ModuleLoaded.
    case blacklisted = "Blacklisted"
    case installCommand = "InstallCommand"
    case aliasRedirected = "AliasRedirected"
    case kernelBlacklisted = "KernelBlacklisted"
    case initcallBlacklisted = "InitcallBlacklisted"
    case invalidOption = "InvalidOption"
    case modulesDisabled = "ModulesDisabled"
    case noModuleSupport = "NoModuleSupport"
    case noCapability = "NoCapability"
    case signatureRejected = "SignatureRejected"
    case lockdown = "Lockdown"
    case autoloadDisabled = "AutoloadDisabled"
    case moduleMissing = "ModuleMissing"
    case moduleUnreadable = "ModuleUnreadable"
    case loadServiceMasked = "LoadServiceMasked"

    // ModuleLoaded and ModuleAbsent
    case loaded = "Loaded"
    case loading = "Loading"
    case loadStalled = "LoadStalled"
    case loadNotPrepared = "LoadNotPrepared"
    case notLoaded = "NotLoaded"
    case absent = "Absent"
    case pinnedUntilReboot = "PinnedUntilReboot"
    case builtIn = "BuiltIn"

    // ProtocolUsable
    case proved = "Proved"
    case notWanted = "NotWanted"
    case moduleNotLoaded = "ModuleNotLoaded"
    case notProbed = "NotProbed"
    case probeFailed = "ProbeFailed"

    // PathsProved
    case pathsFailing = "PathsFailing"
    case noPeers = "NoPeers"
    case notProved = "NotProved"

    // Ready
    case ready = "Ready"
    case blocked = "Blocked"

    /// The node could not be observed.
    case notObserved = "NotObserved"
    /// The first pass has not ended.
    case starting = "Starting"
  }
}
