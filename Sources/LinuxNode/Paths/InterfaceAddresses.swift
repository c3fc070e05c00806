import Glibc
import Linux

/// The addresses of this host's interfaces: getifaddrs(3).
enum InterfaceAddresses {
  /// kube-proxy in IPVS mode puts every Service's cluster address on this interface. Those are not the host's own
  /// addresses: an association with one reaches an endpoint.
  private static let serviceInterface = "kube-ipvs0"

  /// Returns the addresses in numeric form, or none if they cannot be read.
  static func all() -> Set<String> {
    var list: UnsafeMutablePointer<ifaddrs>?
    guard getifaddrs(&list) == 0 else { return [] }
    defer { freeifaddrs(list) }
    var addresses: Set<String> = []
    for entry in sequence(first: list, next: { $0?.pointee.ifa_next }) {
      guard let entry, let address = entry.pointee.ifa_addr, String(cString: entry.pointee.ifa_name) != serviceInterface
      else { continue }
      if let host = SocketAddress(address)?.host { addresses.insert(host) }
    }
    return addresses
  }
}
