/// A proof by a real association on this host.
package protocol ProtocolProbe: Sendable {
  /// Opens a listener and a client on the loopback address, exchanges data both ways and checks it.
  ///
  /// Opening an SCTP socket autoloads the module: call it only while the module is live or built in.
  func loopback(_ family: AddressFamily) -> Result<ProbeTime, ProbeFailure>
}

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
