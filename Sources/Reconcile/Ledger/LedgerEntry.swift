package import MachineIntent
import Modprobe

/// One change to a file, recorded before it is made, so that it can be undone wherever the power may have failed.
package struct LedgerEntry: Codable, Hashable, Sendable {
  /// What was at the path before.
  package struct Original: Codable, Hashable, Sendable {
    package enum Kind: String, Codable, Hashable, Sendable {
      case absent, regular, symlink
      /// A FIFO, socket or device. It is named here and cannot be restored.
      case other
    }

    package var kind: Kind
    /// The digest of the bytes, which are kept under this name among the originals.
    package var sha256: String?
    package var mode: String?
    package var user: UInt32?
    package var group: UInt32?
    /// The SELinux label; nil if there was none.
    package var label: String?
    /// The target of a symlink.
    package var target: String?
    /// The extended attributes by name, in hexadecimal digits; nil if there were none.
    package var attributes: [String: String]?

    package init(
      kind: Kind, sha256: String? = nil, mode: String? = nil, user: UInt32? = nil, group: UInt32? = nil,
      label: String? = nil, target: String? = nil, attributes: FileAttributes = FileAttributes()
    ) {
      self.kind = kind
      self.sha256 = sha256
      self.mode = mode
      self.user = user
      self.group = group
      self.label = label
      self.target = target
      self.attributes = attributes.isEmpty ? nil : attributes.values.mapValues(Hex.text)
    }

    /// Returns nil if they are not recorded in hexadecimal digits.
    package var fileAttributes: FileAttributes? {
      var values: [String: [UInt8]] = [:]
      for (name, text) in attributes ?? [:] {
        guard let value = Hex.bytes(text) else { return nil }
        values[name] = value
      }
      return FileAttributes(values)
    }
  }

  package var at: String
  package var path: String
  /// The write reason in words.
  package var because: String
  package var owner: TrackedFile.Owner
  package var original: Original
  /// The digest and the mode of what the agent is about to write.
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

  /// The reason why no agent can have written this entry; nil if one can. `revert` obeys the ledger as root: an entry
  /// outside of the agent's own bounds is damage, or an attack.
  package var defect: String? {
    if let refusal = WritablePath.refusal(of: path) { return "the agent never writes '\(path)': \(refusal)" }
    if !Self.isDigest(sha256) || FileMode(octal: mode) == nil { return "what the agent wrote is not described" }
    switch original.kind {
    case .absent, .other: return nil
    case .symlink: return original.target?.isEmpty == false ? nil : "the original is a symlink without a target"
    case .regular:
      guard let digest = original.sha256, Self.isDigest(digest) else { return "the original's digest is no SHA-256" }
      guard original.mode.flatMap(FileMode.init(octal:)) != nil else { return "the original's mode is not octal" }
      // (uid_t) -1 means "as it is" to chown(2).
      guard let user = original.user, let group = original.group, user != .max, group != .max else {
        return "the original's owner is no user and group"
      }
      guard original.fileAttributes != nil else { return "the original's attributes are not hexadecimal" }
      return nil
    }
  }

  /// Whether the text is a SHA-256 as the agent writes it: 64 lower-case hexadecimal digits.
  private static func isDigest(_ text: String) -> Bool {
    text.utf8.count == 64
      && text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || (97...102).contains($0) }
  }
}
