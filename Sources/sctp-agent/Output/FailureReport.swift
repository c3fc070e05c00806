import Linux
import LinuxNode
import Reconcile

/// The `error` of a failed probe.
struct FailureReport: Encodable {
  let call: String
  /// 0 for a timeout or wrong bytes.
  let errno: Int32
  /// The name of the error in errno(3), such as `ECONNREFUSED`; nil if `errno` is 0.
  let name: String?
  let reason: String

  init(_ failure: ProbeFailure) {
    call = failure.call
    errno = failure.errno
    name = failure.errno == 0 ? nil : Errno(failure.errno).name
    reason = failure.message
  }
}
