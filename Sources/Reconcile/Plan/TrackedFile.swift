package import MachineIntent

/// One file that the agent answers for: what it should hold, and how it stands.
package struct TrackedFile: Hashable, Sendable {
  package enum Owner: String, Hashable, Sendable, Codable {
    case intent
    case machineConfigDaemon = "machine-config-daemon"
    /// An edited copy, or a file of others in which the agent has commented lines out.
    case override
  }

  package let path: String
  package let owner: Owner
  /// nil: the file could not be judged.
  package let contents: [UInt8]?
  package let mode: FileMode?
  /// nil: in sync.
  package let drift: Drift?
  /// Why it cannot be put right; nil: it can, or it is right.
  package let failure: FileFailure?

  package init(
    path: String, owner: Owner, contents: [UInt8]?, mode: FileMode?, drift: Drift?, failure: FileFailure? = nil
  ) {
    self.path = path
    self.owner = owner
    self.contents = contents
    self.mode = mode
    self.drift = drift
    self.failure = failure
  }
}
