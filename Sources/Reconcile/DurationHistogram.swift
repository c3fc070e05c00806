/// A cumulative histogram of durations in seconds, as Prometheus counts one.
package struct DurationHistogram: Hashable, Sendable {
  /// Upper bounds in seconds; the last bucket, `+Inf`, is `count`.
  package static let bounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

  /// How many were at most `bounds[index]`.
  package private(set) var buckets = [Int](repeating: 0, count: bounds.count)
  package private(set) var count = 0
  package private(set) var sum = 0.0

  package init() {}

  package mutating func observe(_ duration: Duration) {
    let seconds = Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
    for (index, bound) in Self.bounds.enumerated() where seconds <= bound { buckets[index] += 1 }
    count += 1
    sum += seconds
  }
}
