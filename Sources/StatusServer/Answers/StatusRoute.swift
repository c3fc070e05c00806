/// The paths that the server answers.
package enum StatusRoute: UInt8, Hashable, Sendable, CaseIterable {
  case status, livez, healthz, readyz, metrics, version, page
  /// Any other path, and requests that were refused before their path was known.
  case other

  /// The value of the `path` label in metrics.
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

  /// Finds the route of a request's path; percent-encoding makes no difference.
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
      case _ where path.contains { bytes[$0] == Octet.percent }: Self(escaped: path, of: bytes)
      default: .other
      }
  }

  /// `/%73tatus` is `/status` (RFC 3986 section 6.2.2.2).
  private init(escaped path: Range<Int>, of bytes: Span<UInt8>) {
    var plain: [UInt8] = []
    var index = path.lowerBound
    while index < path.upperBound {
      let escaped = bytes[index] == Octet.percent ? bytes.escapedOctet(at: index, before: path.upperBound) : nil
      plain.append(escaped ?? bytes[index])
      index += escaped == nil ? 1 : 3
    }
    self = Self.allCases.first { $0.label.utf8.elementsEqual(plain) } ?? .other
  }
}
