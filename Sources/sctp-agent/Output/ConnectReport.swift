import LinuxNode
import Reconcile

/// The result of `probe connect`. A value is nil if the probe ended before it.
struct ConnectReport: CommandResult {
  /// The times in seconds.
  struct Latency: Encodable {
    let min: Double
    let median: Double
    let p99: Double
    let max: Double

    /// The quantiles by the nearest rank; nil if nothing came back.
    init?(_ seconds: [Double]) {
      let sorted = seconds.sorted()
      guard let first = sorted.first, let last = sorted.last else { return nil }
      min = first
      median = sorted[(sorted.count - 1) / 2]
      p99 = sorted[(sorted.count * 99 + 99) / 100 - 1]
      max = last
    }
  }

  let ok: Bool
  /// The address as it was given.
  let address: String
  let peer: String?
  let local: String?
  let count: Int
  let echoed: Int
  let size: Int
  let connectSeconds: Double?
  let seconds: Latency?
  let error: FailureReport?

  init(asked: ProbeAddress, count: Int, size: Int, _ outcome: EchoClient.Outcome) {
    address = asked.description
    self.count = count
    self.size = size
    peer = outcome.peer
    local = outcome.local
    echoed = outcome.seconds.count
    connectSeconds = outcome.connectSeconds
    seconds = Latency(outcome.seconds)
    error = outcome.failure.map(FailureReport.init)
    ok = outcome.failure == nil
  }

  var text: String {
    var lines: [String] = []
    if let peer, let local, let connectSeconds {
      lines.append("association \(local) to \(peer) in \(connectSeconds.milliseconds)")
    }
    lines.append("\(echoed) of \(count) messages of \(size) bytes echoed by \(address)")
    if let seconds {
      lines.append(
        "latency min \(seconds.min.milliseconds), median \(seconds.median.milliseconds), "
          + "p99 \(seconds.p99.milliseconds), max \(seconds.max.milliseconds)")
    }
    if let error { lines.append("\(error.call) failed: \(error.reason)") }
    return lines.map { $0 + "\n" }.joined()
  }
}
