package import Modprobe

/// One module of interest as observed.
package struct ModuleFacts: Hashable, Sendable {
  package var name: ModuleName
  package var state: ModuleState
  /// nil: not loaded, or built in.
  package var refcount: Int?
  /// The path as the node sees it; nil: built in or missing.
  package var file: String?
  /// The path that the module index has for it, where nothing is there.
  package var goneFile: String?
  /// In modules.dep's order, that is from the nearest to the farthest.
  package var dependencies: [ModuleName]
  /// The requests that the module answers to, such as `net-pf-2-proto-132`.
  package var aliases: [String]
  /// Whether the file ends in a signature; nil: not known.
  package var signed: Bool?
  /// Why this agent's libkmod cannot read the file; nil: it can, or that was not tried.
  package var unreadable: String?
  /// What is wrong with the file, so that nobody can load it; nil: nothing is known to be.
  package var damage: String?

  /// `none`, `xz`, `zst` or `gz`, by the file's name as depmod has it; nil: there is no file.
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

/// A module's state as the kernel names it, and two names for not being there.
package enum ModuleState: String, Hashable, Sendable, Codable {
  case live, coming, going, builtin
  /// There is a file for this kernel, and it is not loaded.
  case absent
  /// There is no file for this kernel.
  case missing

  package var isUsable: Bool { self == .live || self == .builtin }
}

/// Work on a module that libkmod or the kernel was asked for and has not finished.
package struct UnfinishedModuleWork: Hashable, Sendable {
  /// Work that takes longer than this will hardly end by itself.
  private static let stalledAfterSeconds = 30

  /// What it does, such as `loading sctp`.
  package let subject: String
  package let since: Timestamp

  package init(subject: String, since: Timestamp) {
    self.subject = subject
    self.since = since
  }

  /// Whether it has taken so long that somebody should look at the node.
  package func isStalled(at now: Timestamp) -> Bool { since.adding(seconds: Self.stalledAfterSeconds) <= now }
}

/// What there is of a kernel's module tree.
package enum ModuleTreeState: Hashable, Sendable {
  case indexed
  /// The directory is there, without `modules.dep`.
  case notIndexed
  /// There is no directory.
  case missing
}
