import LinuxNode
import Reconcile

/// What a probe prints, as lines for people or as JSON for programs.
protocol ProbeReport: Encodable {
  /// Whole lines.
  var text: String { get }
}

extension ProbeReport {
  func rendered(as format: OutputOption.Form) -> String {
    switch format {
    case .text: return text
    case .json:
      return String(decoding: JSONResult.line(self), as: UTF8.self) + "\n"
    }
  }
}

/// The `error` of a probe that has failed.
struct FailureReport: Encodable {
  let call: String
  /// 0 for a time-out or wrong bytes.
  let errno: Int32
  /// As in errno(3), `ECONNREFUSED`; nil where `errno` is 0.
  let name: String?
  let reason: String

  init(_ failure: ProbeFailure) {
    call = failure.call
    errno = failure.errno
    name = failure.errno == 0 ? nil : Errno(failure.errno).name
    reason = failure.reason
  }
}

extension Double {
  /// Of seconds, with three decimals: `0.412 ms`.
  var milliseconds: String {
    let microseconds = Int((self * 1_000_000).rounded())
    let fraction = String(microseconds % 1000)
    return "\(microseconds / 1000).\(String(repeating: "0", count: 3 - fraction.count))\(fraction) ms"
  }
}
