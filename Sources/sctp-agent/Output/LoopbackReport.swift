import Reconcile

/// The result of `probe loopback`. A host without IPv6 passes.
struct LoopbackReport: CommandResult {
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
