/// The outcome of the last proof of one path: from this node to one address of a target.
package struct PathReading: Hashable, Sendable {
  /// The target in the form of the option: `HOST:PORT`.
  package let target: String
  /// Numeric, without the port; empty if the target's name has no address.
  package let address: String
  package let reason: PathReason
  /// One sentence: what happened, and what to do if the path failed.
  package let message: String
  /// How long the association and both echoes took; nil if the path failed.
  package let seconds: Double?
  package let at: Timestamp

  package init(
    target: String, address: String, reason: PathReason, message: String, seconds: Double? = nil, at: Timestamp
  ) {
    self.target = target
    self.address = address
    self.reason = reason
    self.message = message
    self.seconds = seconds
    self.at = at
  }

  package var isProved: Bool { reason == .proved }
}

/// What is known of the paths to other nodes.
package enum PathRecord: Hashable, Sendable {
  /// There is no current round of proofs; the text says why.
  case notProved(String)
  /// The last round's readings: the failed ones first, then by target and address.
  case round([PathReading])

  /// Sorts the readings of a round.
  package init(round readings: [PathReading]) {
    self = .round(
      readings.sorted {
        ($0.isProved ? 1 : 0, $0.target, $0.address) < ($1.isProved ? 1 : 0, $1.target, $1.address)
      })
  }

  package var readings: [PathReading] {
    switch self {
    case .notProved: []
    case .round(let readings): readings
    }
  }
}
