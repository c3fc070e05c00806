/// The family of a loopback address that the agent probes: 127.0.0.1 or ::1.
package enum AddressFamily: String, Hashable, Sendable, CaseIterable, CustomStringConvertible {
  case ipv4, ipv6

  package var description: String { rawValue }
}

/// The duration of an exchange.
package struct ProbeTime: Hashable, Sendable {
  package let seconds: Double

  package init(seconds: Double) { self.seconds = seconds }
}

/// The reason why a probe failed: no association, or not the bytes that were sent.
package struct ProbeFailure: Error, Hashable, Sendable {
  /// The call that failed: `socket`, `bind`, `connect`, …
  package let call: String
  /// A positive number, or 0 for a timeout or wrong bytes.
  package let errno: Int32
  /// What the failure means and what to do.
  package let message: String

  package init(call: String, errno: Int32, message: String) {
    self.call = call
    self.errno = errno
    self.message = message
  }
}

/// The result of one loopback probe, and its time.
package struct ProbeReading: Hashable, Sendable {
  package let result: Result<ProbeTime, ProbeFailure>
  package let at: Timestamp

  package init(result: Result<ProbeTime, ProbeFailure>, at: Timestamp) {
    self.result = result
    self.at = at
  }
}

extension ProbeFailure {
  /// Whether the address family itself is off on this node, which says nothing about SCTP: EAFNOSUPPORT (97) with
  /// ipv6.disable=1, EADDRNOTAVAIL (99) of the loopback address with net.ipv6.conf.lo.disable_ipv6=1.
  package var isFamilyAbsent: Bool { (call == "socket" && errno == 97) || (call == "bind" && errno == 99) }

  /// Whether the probe was interrupted (EINTR, 4) and not refused.
  package var isInterruption: Bool { errno == 4 }
}
