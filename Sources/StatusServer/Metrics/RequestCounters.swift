/// Requests answered, by path and status code.
struct RequestCounters {
  private var counts: [UInt64]

  init() { counts = [UInt64](repeating: 0, count: StatusRoute.allCases.count * HTTPStatus.allCases.count) }

  @inline(__always)
  mutating func count(_ route: StatusRoute, _ status: HTTPStatus) {
    counts[Int(route.rawValue) * HTTPStatus.allCases.count + status.ordinal] &+= 1
  }

  /// Without those that are 0.
  var family: MetricFamily {
    var samples: [MetricFamily.Sample] = []
    for route in StatusRoute.allCases {
      for status in HTTPStatus.allCases {
        let count = counts[Int(route.rawValue) * HTTPStatus.allCases.count + status.ordinal]
        guard count > 0 else { continue }
        samples.append(
          .init(suffix: "_total", labels: [("path", route.label), ("code", "\(status.rawValue)")], value: "\(count)"))
      }
    }
    return MetricFamily(
      "sctp_agent_http_requests", .counter, "Requests answered, by path and status code.", samples)
  }
}
