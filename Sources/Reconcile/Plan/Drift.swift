/// How a file differs from what it should be; also the `kind` label of `sctp_agent_drift_total`.
package enum Drift: String, Hashable, Sendable, CaseIterable {
  case missing
  case contents
  case mode
  case owner
  /// A symlink, a FIFO or something else is at the path of a declared file.
  case kind
  /// An unmanaged file blocks a wanted module.
  case blocks
}

extension Drift {
  package var sentence: String {
    switch self {
    case .missing: "it is missing"
    case .contents: "its contents differ"
    case .mode: "its mode differs"
    case .owner: "its owner differs"
    case .kind: "it is not a regular file"
    case .blocks: "it blocks a wanted module"
    }
  }
}
