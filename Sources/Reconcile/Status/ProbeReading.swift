/// Of the loopback addresses that are tried: 127.0.0.1 and ::1.
package enum AddressFamily: String, Hashable, Sendable, CaseIterable { case ipv4, ipv6 }

/// How long the exchange took.
package struct ProbeTime: Hashable, Sendable {
  package let seconds: Double

  package init(seconds: Double) { self.seconds = seconds }
}

/// Why no association came up, or what was sent did not come back.
package struct ProbeFailure: Error, Hashable, Sendable {
  /// The call that failed: `socket`, `bind`, `connect`, …
  package let call: String
  /// Positive; 0 for a time-out or wrong bytes.
  package let errno: Int32
  /// What the failure means and what to do.
  package let message: String

  package init(call: String, errno: Int32, message: String) {
    self.call = call
    self.errno = errno
    self.message = message
  }
}

/// One loopback probe and when it was made.
package struct ProbeReading: Hashable, Sendable {
  package let result: Result<ProbeTime, ProbeFailure>
  package let at: Timestamp

  package init(result: Result<ProbeTime, ProbeFailure>, at: Timestamp) {
    self.result = result
    self.at = at
  }
}

extension ProbeFailure {
  /// True where the address family itself is off on this node, which says nothing about SCTP: EAFNOSUPPORT (97) with
  /// ipv6.disable=1, EADDRNOTAVAIL (99) of the loopback address with net.ipv6.conf.lo.disable_ipv6=1.
  package var isFamilyAbsent: Bool { (call == "socket" && errno == 97) || (call == "bind" && errno == 99) }

  /// True where the probe was given up (EINTR, 4) rather than refused.
  package var isInterruption: Bool { errno == 4 }
}
