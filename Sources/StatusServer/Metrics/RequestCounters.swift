/// The number of requests answered, by path and status code.
struct RequestCounters {
  private var counts: [UInt64]

  init() { counts = [UInt64](repeating: 0, count: StatusRoute.allCases.count * HTTPStatus.allCases.count) }

  @inline(__always)
  mutating func count(_ route: StatusRoute, _ status: HTTPStatus) { counts[Self.index(route, status)] &+= 1 }

  private static func index(_ route: StatusRoute, _ status: HTTPStatus) -> Int {
    Int(route.rawValue) * HTTPStatus.allCases.count + status.ordinal
  }

  /// The counters that a path can have; they start at 0.
  var family: MetricFamily {
    let samples = StatusRoute.allCases.flatMap { route in
      route.statuses.map { status in
        MetricFamily.Sample(
          suffix: "_total", labels: [("path", route.label), ("code", "\(status.rawValue)")],
          value: "\(counts[Self.index(route, status)])")
      }
    }
    return MetricFamily(
      "sctp_agent_http_requests", .counter, "Requests answered, by path and status code.", samples)
  }
}

extension StatusRoute {
  /// The status codes with which the path can be answered.
  fileprivate var statuses: [HTTPStatus] {
    switch self {
    case .status: [.ok, .notModified, .badRequest, .serviceUnavailable]
    case .livez, .healthz, .readyz, .version: [.ok, .serviceUnavailable]
    case .metrics: [.ok]
    case .page: [.ok, .badRequest, .serviceUnavailable]
    case .other: HTTPStatus.allCases.filter { $0.rawValue >= 400 && $0 != .serviceUnavailable }
    }
  }
}
