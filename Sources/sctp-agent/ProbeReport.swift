import FoundationEssentials
import LinuxNode
import Reconcile

/// What a probe prints, as lines for people or as JSON for programs.
protocol ProbeReport: Encodable {
  var text: String { get }
}

extension ProbeReport {
  func rendered(as format: OutputOption.Form) -> String {
    switch format {
    case .text: return text
    case .json:
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      // Strings, finite numbers and lists of our own: nothing in them can fail to encode.
      return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) + "\n" } ?? ""
    }
  }
}

struct FailureReport: Encodable {
  let call: String
  /// 0 for a time-out or wrong bytes.
  let errno: Int32
  let name: String?
  let reason: String

  init(_ failure: ProbeFailure) {
    call = failure.call
    errno = failure.errno
    name = failure.errno == 0 ? nil : Errno(failure.errno).name
    reason = failure.reason
  }
}

struct LoopbackReport: ProbeReport {
  struct Family: Encodable {
    let ok: Bool
    let seconds: Double?
    let error: FailureReport?
    private let isOff: Bool

    private enum CodingKeys: String, CodingKey { case ok, seconds, error }

    init(_ result: Result<ProbeTime, ProbeFailure>) {
      switch result {
      case .success(let time): (ok, seconds, error, isOff) = (true, time.seconds, nil, false)
      case .failure(let failure):
        (ok, seconds, error, isOff) = (false, nil, FailureReport(failure), failure.isFamilyAbsent)
      }
    }

    var passes: Bool { ok || isOff }

    var text: String {
      if let seconds { return "echoed in \(seconds.milliseconds)" }
      return "\(isOff ? "off" : "not echoed"): \(error?.call ?? ""): \(error?.reason ?? "")"
    }
  }

  let ok: Bool
  let loopback4: Family
  let loopback6: Family

  init(loopback4: Result<ProbeTime, ProbeFailure>, loopback6: Result<ProbeTime, ProbeFailure>) {
    self.loopback4 = Family(loopback4)
    self.loopback6 = Family(loopback6)
    ok = self.loopback4.ok && self.loopback6.passes
  }

  var text: String { "127.0.0.1: \(loopback4.text)\n::1: \(loopback6.text)\n" }
}

struct ListenReport: ProbeReport {
  let listening: [String]

  var text: String { listening.map { "listening on \($0)\n" }.joined() }
}

struct TotalsReport: ProbeReport {
  let clients: Int
  let bytes: Int

  var text: String { "echoed \(bytes) bytes to \(clients) \(clients == 1 ? "client" : "clients")\n" }
}

struct ConnectReport: ProbeReport {
  struct Latency: Encodable {
    let min: Double
    let median: Double
    let p99: Double
    let max: Double

    /// By the nearest rank; nil: nothing came back.
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
  /// As it was asked for.
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

extension Double {
  /// Of seconds, with three decimals: `0.412 ms`.
  fileprivate var milliseconds: String {
    let microseconds = Int((self * 1_000_000).rounded())
    let fraction = String(microseconds % 1000)
    return "\(microseconds / 1000).\(String(repeating: "0", count: 3 - fraction.count))\(fraction) ms"
  }
}
