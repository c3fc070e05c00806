package import MachineIntent

/// One change to a file, written down before it is made, so that it can be undone from any point at which the power may
/// have failed.
package struct LedgerEntry: Codable, Hashable, Sendable {
  /// What bore the name before.
  package struct Original: Codable, Hashable, Sendable {
    package enum Kind: String, Codable, Hashable, Sendable {
      case absent, regular, symlink
      /// A FIFO, socket or device: it is named here and cannot be brought back.
      case other
    }

    package var kind: Kind
    /// Of the bytes, which stand under this name among the originals.
    package var sha256: String?
    package var mode: String?
    package var user: UInt32?
    package var group: UInt32?
    /// The SELinux label; nil: there was none.
    package var label: String?
    /// The target of a symlink.
    package var target: String?

    package init(
      kind: Kind, sha256: String? = nil, mode: String? = nil, user: UInt32? = nil, group: UInt32? = nil,
      label: String? = nil, target: String? = nil
    ) {
      self.kind = kind
      self.sha256 = sha256
      self.mode = mode
      self.user = user
      self.group = group
      self.label = label
      self.target = target
    }
  }

  package var at: String
  package var path: String
  /// The write reason in words.
  package var because: String
  package var owner: TrackedFile.Owner
  package var original: Original
  /// The digest and mode of what the agent is about to put there.
  package var sha256: String
  package var mode: String

  package init(
    at: Timestamp, path: String, because: String, owner: TrackedFile.Owner, original: Original, sha256: String,
    mode: FileMode
  ) {
    self.at = at.description
    self.path = path
    self.because = because
    self.owner = owner
    self.original = original
    self.sha256 = sha256
    self.mode = mode.description
  }
}
