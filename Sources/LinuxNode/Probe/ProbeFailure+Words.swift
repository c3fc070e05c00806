import Glibc
import Linux
import Reconcile

extension ProbeFailure {
  /// Describes what the error of that call means on an SCTP socket, and what to do.
  init(_ call: String, _ error: Errno) {
    let explanation = Self.explanation(call, error).map { "\(error): \($0)" } ?? "\(error)"
    self.init(call: call, errno: error.rawValue, message: explanation)
  }

  /// Returns what the error means here; nil if its own words are enough.
  private static func explanation(_ call: String, _ error: Errno) -> String? {
    switch (call, error.rawValue) {
    case ("socket", EPROTONOSUPPORT), ("socket", ESOCKTNOSUPPORT):
      "the kernel has no SCTP, and opening the socket did not load it; on the node run: sctp-agent explain"
    case ("socket", EACCES):
      "a security module (SELinux, AppArmor) forbids SCTP sockets to this process; look for the denial in the audit log"
    case ("socket", EPERM):
      "a seccomp filter forbids SCTP sockets to this process; allow socket(2) with protocol 132 in its profile"
    case ("socket", EAFNOSUPPORT):
      "the kernel has no IPv6 (ipv6.disable=1); use an IPv4 address, or boot without that switch"
    case (_, EMFILE): "raise this process's limit of open files (ulimit -n, LimitNOFILE=)"
    case (_, ENFILE): "raise fs.file-max"
    case (_, ENOBUFS), (_, ENOMEM): "the kernel is out of memory for sockets; see net.sctp.sctp_mem"
    case ("bind", EADDRINUSE):
      "another socket has that address and port; stop its owner (ss -Sanp) or take another port"
    case ("bind", EADDRNOTAVAIL):
      "the address is on no interface here, or IPv6 is off on it (net.ipv6.conf.*.disable_ipv6); see: ip address"
    case ("bind", EACCES):
      "a port below net.ipv4.ip_unprivileged_port_start needs CAP_NET_BIND_SERVICE, or a security module forbids it"
    case ("listen", EADDRINUSE): "another socket listens on that address and port; stop its owner (ss -Slnp)"
    case (_, ECONNREFUSED):
      "the peer is reached, but no program listens there with SCTP: check the port, the server, and that the Service has "
        + "endpoints with protocol SCTP"
    case (_, ENOPROTOOPT), (_, EPROTONOSUPPORT):
      "the peer's kernel has no SCTP; on its node run: sctp-agent explain"
    case (_, ECONNRESET), (_, EPIPE), (_, ECONNABORTED), (_, ENOTCONN), (_, ESHUTDOWN):
      "the peer or a device on the way aborted the association; look at the server's log, and for a NAT or firewall "
        + "that does not track SCTP"
    case (_, ETIMEDOUT): timeoutAdvice
    case ("route", EACCES), ("route", EPERM):
      "a route of this node forbids the address (ip route get), or a security module forbids the association"
    case ("route", _): "this node has no route to the address; see: ip route get"
    case (_, EHOSTUNREACH), (_, ENETUNREACH):
      "no route, or a firewall on the way rejects it: see ip route get, and the rules for IP protocol 132"
    case ("connect", EADDRNOTAVAIL): "no free local port or address for that peer; see net.ipv4.ip_local_port_range"
    case ("connect", EINVAL): "source and peer are of different kinds (loopback and routed, IPv4 and IPv6)"
    case ("connect", EACCES), ("connect", EPERM):
      "a local firewall rule or a security module forbids the association; see nft list ruleset and the audit log"
    case ("send", EMSGSIZE): "the message is larger than the socket's send buffer; choose a smaller --size"
    default: nil
    }
  }

  private static let timeoutAdvice =
    "nothing came back: a firewall, security group or network plugin on the way drops IP protocol 132, the server is "
    + "not running, or a NAT does not know SCTP (conntrack)"

  /// Returns the failure of a call that has used up the agent's own time limit.
  static func timeout(_ call: String, after limit: Duration) -> ProbeFailure {
    ProbeFailure(call: call, errno: 0, message: "no answer within \(limit.inSeconds) s; \(timeoutAdvice)")
  }
}
