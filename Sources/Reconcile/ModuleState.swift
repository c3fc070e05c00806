package import Modprobe

/// A module's state as the kernel names it, and two names for not being there.
package enum ModuleState: String, Hashable, Sendable, Codable {
  case live, coming, going, builtin
  /// There is a file for this kernel, and it is not loaded.
  case absent
  /// There is no file for this kernel.
  case missing

  package var isUsable: Bool { self == .live || self == .builtin }
}

/// One module of interest as observed.
package struct ModuleFacts: Hashable, Sendable {
  package var name: ModuleName
  package var state: ModuleState
  /// nil: not loaded, or built in.
  package var refcount: Int?
  /// The path as the node sees it; nil: built in or missing.
  package var file: String?
  /// In modules.dep's order, that is from the nearest to the farthest.
  package var dependencies: [ModuleName]
  /// The requests that the module answers to, such as `net-pf-2-proto-132`.
  package var aliases: [String]
  /// Whether the file ends in a signature; nil: not known.
  package var signed: Bool?
  /// Why this agent's libkmod cannot read the file; nil: it can, or that was not tried.
  package var unreadable: String?

  package init(
    name: ModuleName, state: ModuleState, refcount: Int? = nil, file: String? = nil, dependencies: [ModuleName] = [],
    aliases: [String] = [], signed: Bool? = nil, unreadable: String? = nil
  ) {
    self.name = name
    self.state = state
    self.refcount = refcount
    self.file = file
    self.dependencies = dependencies
    self.aliases = aliases
    self.signed = signed
    self.unreadable = unreadable
  }
}
