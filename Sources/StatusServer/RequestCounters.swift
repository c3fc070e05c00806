/// Requests answered, by path and status code, for `sctp_agent_http_requests_total`.
struct RequestCounters {
  private var counts: [UInt64]

  init() { counts = [UInt64](repeating: 0, count: StatusRoute.allCases.count * HTTPStatus.allCases.count) }

  @inline(__always)
  mutating func count(_ route: StatusRoute, _ status: HTTPStatus) {
    counts[Int(route.rawValue) * HTTPStatus.allCases.count + status.ordinal] &+= 1
  }

  /// The family's samples; without those that are 0.
  func samples(_ name: String) -> String {
    var text = ""
    for route in StatusRoute.allCases {
      for status in HTTPStatus.allCases {
        let count = counts[Int(route.rawValue) * HTTPStatus.allCases.count + status.ordinal]
        guard count > 0 else { continue }
        text += "\(name){path=\"\(route.label)\",code=\"\(status.rawValue)\"} \(count)\n"
      }
    }
    return text
  }
}
