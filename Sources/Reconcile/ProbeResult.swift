package enum AddressFamily: String, Hashable, Sendable, CaseIterable { case ipv4, ipv6 }

/// How long the exchange took.
package struct ProbeTime: Hashable, Sendable {
  package let seconds: Double

  package init(seconds: Double) { self.seconds = seconds }
}

package struct ProbeFailure: Error, Hashable, Sendable {
  /// The call that failed: `socket`, `bind`, `connect`, …
  package let call: String
  /// Positive; 0 for a time-out or wrong bytes.
  package let errno: Int32
  /// What it means and what to do.
  package let reason: String

  package init(call: String, errno: Int32, reason: String) {
    self.call = call
    self.errno = errno
    self.reason = reason
  }
}
