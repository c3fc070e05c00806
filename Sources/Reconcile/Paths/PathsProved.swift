extension Condition {
  /// Returns `PathsProved` for the last known state of the paths. It is about the network and other nodes, so it does
  /// not count for `Ready`.
  init(_ paths: PathRecord) {
    switch paths {
    case .notProved(let why):
      self.init(.pathsProved, .unknown, .notProved, why)
    case .round(let readings):
      let failed = readings.filter { !$0.isProved }
      if readings.isEmpty {
        self.init(
          .pathsProved, .unknown, .noPeers, "the targets have no address besides this node's own")
      } else if let first = failed.first {
        self.init(
          .pathsProved, .no, .pathsFailing,
          "\(failed.count) of \(readings.count) paths fail; \(first.subject): \(first.reason.rawValue): "
            + first.message)
      } else {
        self.init(
          .pathsProved, .yes, .proved,
          readings.count == 1 ? "1 path proved" : "\(readings.count) paths proved")
      }
    }
  }
}

extension PathReading {
  /// The path in the form that messages use.
  package var subject: String { address.isEmpty ? target : "\(target) at \(address)" }
}
