/// The paths that the server answers.
package enum StatusRoute: UInt8, Hashable, Sendable, CaseIterable {
  case status, livez, healthz, readyz, metrics, version, page
  /// Any other path, and requests that were refused before their path mattered.
  case other

  /// The label value in metrics.
  var label: String {
    switch self {
    case .status: "/status"
    case .livez: "/livez"
    case .healthz: "/healthz"
    case .readyz: "/readyz"
    case .metrics: "/metrics"
    case .version: "/version"
    case .page: "/"
    case .other: "other"
    }
  }

  package init(path: Range<Int>, of bytes: Span<UInt8>) {
    self =
      switch path.count {
      case 0: .page
      case 1 where bytes.holds("/", at: path): .page
      case 6 where bytes.holds("/livez", at: path): .livez
      case 7 where bytes.holds("/status", at: path): .status
      case 7 where bytes.holds("/readyz", at: path): .readyz
      case 8 where bytes.holds("/healthz", at: path): .healthz
      case 8 where bytes.holds("/metrics", at: path): .metrics
      case 8 where bytes.holds("/version", at: path): .version
      default: .other
      }
  }
}
