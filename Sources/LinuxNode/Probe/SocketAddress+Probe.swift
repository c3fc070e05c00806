import CLinux
import Glibc
import Linux
import Reconcile

extension SocketAddress {
  /// Returns the address of the loopback interface, with port 0.
  static func loopback(_ family: AddressFamily) -> SocketAddress {
    switch family {
    case .ipv4: loopback4
    case .ipv6: loopback6
    }
  }

  /// Returns every address of the host, in the resolver's order. An empty host is every address of this host.
  ///
  /// - Parameters:
  ///   - address: the host and the port.
  ///   - flags: of getaddrinfo(3), such as AI_NUMERICHOST.
  static func resolve(_ address: ProbeAddress, flags: Int32 = 0) throws(ProbeFailure) -> [SocketAddress] {
    do throws(HostUnknown) {
      return try all(host: address.host, port: address.port, flags: flags)
    } catch {
      throw ProbeFailure(
        call: "getaddrinfo", errno: 0,
        message:
          "the name '\(address.host)' has no address (\(error.reason)); check its spelling and the DNS of this host")
    }
  }

  /// Returns a numeric address with a port.
  static func numeric(_ host: String, port: UInt16) throws(ProbeFailure) -> SocketAddress {
    guard let address = try resolve(ProbeAddress(host: host, port: port), flags: AI_NUMERICHOST).first else {
      throw ProbeFailure("getaddrinfo", Errno(EINVAL))
    }
    return address
  }

  /// Returns the local address, with port 0, from which the kernel would send to the peer, or nil if the kernel does
  /// not report one. Throws if the node has no route, or forbids it, because an SCTP socket would try without a report
  /// until its time is over.
  ///
  /// A datagram socket that is connected sends nothing: udp(7).
  static func source(towards peer: SocketAddress) throws(ProbeFailure) -> SocketAddress? {
    let descriptor = socket(peer.family, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    guard peer.withPointer({ connect(descriptor, $0, $1) }) == 0 else { throw ProbeFailure("route", Errno.last) }
    guard let host = SocketAddress(filledBy: { getsockname(descriptor, $0, $1) })?.host else { return nil }
    return try? numeric(host, port: 0)
  }
}
