package import MachineIntent

/// One file that the agent is responsible for: what it should hold, and whether it does.
package struct TrackedFile: Hashable, Sendable {
  package enum Owner: String, Hashable, Sendable, Codable {
    case intent
    case machineConfigDaemon = "machine-config-daemon"
    /// An edited copy, or an unmanaged file in which the agent has commented out lines.
    case override
  }

  package let path: String
  package let owner: Owner
  /// The bytes that it should hold; nil if that could not be found out.
  package let contents: [UInt8]?
  package let mode: FileMode?
  /// How it differs; nil if it is in sync.
  package let drift: Drift?
  /// The reason why it cannot be repaired; nil if it can, or is in sync.
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
