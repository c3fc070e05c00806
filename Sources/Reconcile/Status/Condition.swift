/// One condition in Kubernetes' shape.
package struct Condition: Codable, Hashable, Sendable {
  package enum Status: String, Codable, Hashable, Sendable {
    case yes = "True"
    case no = "False"
    case unknown = "Unknown"
  }

  /// The types in the order in which they are reported.
  package enum Kind: String, Codable, Hashable, Sendable, CaseIterable {
    case intentValid = "IntentValid"
    case filesInSync = "FilesInSync"
    case unblocked = "Unblocked"
    case moduleLoaded = "ModuleLoaded"
    /// Stands in for `moduleLoaded` where the intent wants modules kept out.
    case moduleAbsent = "ModuleAbsent"
    case protocolUsable = "ProtocolUsable"
    case ready = "Ready"
  }

  package let type: Kind
  package let status: Status
  /// CamelCase and stable.
  package let reason: String
  package let message: String
  /// RFC 3339; moves only when `status` does.
  package var lastTransitionTime: String

  package init(
    _ type: Kind, _ status: Status, reason: String, message: String, lastTransitionTime: String = ""
  ) {
    self.type = type
    self.status = status
    self.reason = reason
    self.message = message
    self.lastTransitionTime = lastTransitionTime
  }
}
