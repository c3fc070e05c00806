package import Modprobe

/// A module as observed.
package struct ModuleFacts: Hashable, Sendable {
  package var name: ModuleName
  package var state: ModuleState
  /// The number of users; nil if the module is not loaded, or is built in.
  package var refcount: Int?
  /// The path below the node's root; nil if the module is built in or missing.
  package var file: String?
  /// The path that the module index names, if no file is there.
  package var goneFile: String?
  /// The dependencies in the order of modules.dep, from the nearest to the farthest.
  package var dependencies: [ModuleName]
  /// The requests that load the module, such as `net-pf-2-proto-132`.
  package var aliases: [String]
  /// Whether the file ends in a signature; nil if that is unknown.
  package var signed: Bool?
  /// The reason why this agent's libkmod cannot read the file; nil if it can, or if that was not tried.
  package var unreadable: String?
  /// What is wrong with the file, so that it cannot be loaded at all; nil if nothing is known to be.
  package var damage: String?
  /// Read only if the kernel command line has an `initcall_blacklist=`.
  package var initFunction = InitFunction.unknown
  /// The types of the module's parameters by name; empty unless the configuration has options for it.
  package var parameters: [String: ParameterType] = [:]

  /// `none`, `xz`, `zst` or `gz`, by the file's name in the index; nil if there is no file.
  package var compression: String? {
    guard let file, let suffix = file.split(separator: ".").last else { return nil }
    return suffix == "ko" ? "none" : String(suffix)
  }

  package init(
    name: ModuleName, state: ModuleState, refcount: Int? = nil, file: String? = nil, goneFile: String? = nil,
    dependencies: [ModuleName] = [], aliases: [String] = [], signed: Bool? = nil, unreadable: String? = nil,
    damage: String? = nil
  ) {
    self.name = name
    self.state = state
    self.refcount = refcount
    self.file = file
    self.goneFile = goneFile
    self.dependencies = dependencies
    self.aliases = aliases
    self.signed = signed
    self.unreadable = unreadable
    self.damage = damage
  }
}

/// A module's state as the kernel names it, with two names for a module that is not loaded.
package enum ModuleState: String, Hashable, Sendable, Codable, CustomStringConvertible {
  case live, coming, going, builtin
  /// It is not loaded, and there is a file for this kernel.
  case absent
  /// There is no file for this kernel.
  case missing

  package var isUsable: Bool { self == .live || self == .builtin }

  package var description: String { rawValue }
}

/// Work on a module that libkmod or the kernel has begun and not finished.
package struct UnfinishedModuleWork: Hashable, Sendable {
  /// Work that takes longer than this rarely ends by itself.
  private static let stalledAfterSeconds = 30

  /// What it does, such as `loading sctp`.
  package let subject: String
  package let since: Timestamp

  package init(subject: String, since: Timestamp) {
    self.subject = subject
    self.since = since
  }

  /// Whether it has taken so long that a person should check the node.
  package func isStalled(at now: Timestamp) -> Bool { since.adding(seconds: Self.stalledAfterSeconds) <= now }
}

/// Whether a kernel's module tree exists and is indexed.
package enum ModuleTreeState: Hashable, Sendable {
  case indexed
  /// The directory exists without `modules.dep`.
  case notIndexed
  /// The directory does not exist.
  case missing
}
