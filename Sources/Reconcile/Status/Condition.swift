/// One condition in the shape that Kubernetes gives conditions.
package struct Condition: Codable, Hashable, Sendable {
  package enum Status: String, Codable, Hashable, Sendable {
    case yes = "True"
    case no = "False"
    case unknown = "Unknown"
  }

  /// The types, in the order in which they are reported.
  package enum Kind: String, Codable, Hashable, Sendable, CaseIterable {
    case intentValid = "IntentValid"
    case filesInSync = "FilesInSync"
    case unblocked = "Unblocked"
    case moduleLoaded = "ModuleLoaded"
    /// Replaces `moduleLoaded` if the intent keeps modules out and wants none.
    case moduleAbsent = "ModuleAbsent"
    case protocolUsable = "ProtocolUsable"
    case ready = "Ready"
    /// The proofs of paths; only there with `--prove`, and not counted for `ready`.
    case pathsProved = "PathsProved"
  }

  package let type: Kind
  package let status: Status
  package let reason: Reason
  /// One sentence for people.
  package let message: String
  /// The time of the last change of `status`, in RFC 3339.
  package var lastTransitionTime: String

  package init(
    _ type: Kind, _ status: Status, _ reason: Reason, _ message: String, lastTransitionTime: String = ""
  ) {
    self.type = type
    self.status = status
    self.reason = reason
    self.message = message
    self.lastTransitionTime = lastTransitionTime
  }
}
