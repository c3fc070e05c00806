/// The outcome of the last proof of a path.
///
/// The raw values are stable: alerts, scripts and the troubleshooting table refer to them.
package enum PathReason: String, Codable, Hashable, Sendable, CaseIterable {
  /// Both messages came back unchanged.
  case proved = "Proved"
  /// The peer aborted the association: no program listens there, its kernel has no SCTP, or a NAT does not know SCTP.
  case refused = "Refused"
  /// Nothing came back: something on the way drops IP protocol 132.
  case noAnswer = "NoAnswer"
  /// No route, or a firewall on the way rejects the packets.
  case unreachable = "Unreachable"
  /// The small echo came, the large one did not: packets of a path's full MTU are lost.
  case largeMessageLost = "LargeMessageLost"
  /// Other bytes came back than were sent.
  case corrupted = "Corrupted"
  /// This node itself refused the socket or its use.
  case denied = "Denied"
  /// The name of the target has no address.
  case notResolved = "NotResolved"
}

extension PathReason {
  /// Classifies a failure before the small echo is back: the error numbers of connect(2) and of sctp(7).
  init(_ failure: ProbeFailure) {
    self =
      switch failure.errno {
      // This node opens no socket of that kind, so no peer was asked. EAFNOSUPPORT: it has no addresses of that family.
      case let number where failure.call == "socket" && number != 97: .denied
      // ECONNREFUSED is the peer's ABORT; ENOPROTOOPT and EPROTONOSUPPORT are its ICMP "protocol unreachable".
      case 111, 92, 93: .refused
      // EPIPE, ECONNABORTED, ECONNRESET, ENOTCONN, ESHUTDOWN: the association came up, and the peer ended it.
      case 32, 103, 104, 107, 108: .refused
      // ENETDOWN, ENETUNREACH, EHOSTDOWN, EHOSTUNREACH, EADDRNOTAVAIL, EINVAL, EAFNOSUPPORT: there is no way there.
      case 100, 101, 112, 113, 99, 22, 97: .unreachable
      // 0 is a timeout of the agent's own, ETIMEDOUT the kernel's.
      case 0, 110: .noAnswer
      // EPERM, EACCES, and what this node has run out of.
      default: .denied
      }
  }
}
