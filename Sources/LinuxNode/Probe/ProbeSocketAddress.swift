import CLinux
import Glibc
import Reconcile

/// An IP address with a port, as the kernel takes it.
struct ProbeSocketAddress: Sendable, CustomStringConvertible {
  private var storage: sockaddr_storage
  private var length: socklen_t

  static func loopback(_ family: AddressFamily) -> ProbeSocketAddress {
    switch family {
    case .ipv4:
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
      return ProbeSocketAddress(address)
    case .ipv6:
      var address = sockaddr_in6()
      address.sin6_family = sa_family_t(AF_INET6)
      withUnsafeMutableBytes(of: &address.sin6_addr) { $0[15] = 1 }
      return ProbeSocketAddress(address)
    }
  }

  /// Every address that the host's name stands for, in the resolver's order: getaddrinfo(3). An empty host is every
  /// address of this host.
  ///
  /// - Parameter flags: added to what getaddrinfo is asked, such as AI_NUMERICHOST.
  static func resolve(_ address: ProbeAddress, flags: Int32 = 0) throws(ProbeFailure) -> [ProbeSocketAddress] {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    hints.ai_flags = flags | AI_NUMERICSERV | (address.host.isEmpty ? AI_PASSIVE : 0)
    var results: UnsafeMutablePointer<addrinfo>?
    let code = getaddrinfo(address.host.isEmpty ? nil : address.host, String(address.port), &hints, &results)
    guard code == 0 else {
      let words = code == EAI_SYSTEM ? "\(Errno.last)" : String(cString: gai_strerror(code))
      throw ProbeFailure(
        call: "getaddrinfo", errno: 0,
        message: "the name '\(address.host)' has no address (\(words)); check its spelling and the DNS of this host")
    }
    defer { freeaddrinfo(results) }
    return sequence(first: results, next: { $0?.pointee.ai_next }).prefix { $0 != nil }.compactMap { item in
      item.flatMap { ProbeSocketAddress($0.pointee.ai_addr, $0.pointee.ai_addrlen) }
    }
  }

  /// Numeric: `10.0.0.1:38412`, `[::1]:38412`.
  var description: String {
    guard let (host, port) = numeric else { return "unknown address" }
    return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
  }

  /// Numeric, without the port; nil if it is no IP address.
  var host: String? { numeric?.host }

  private var numeric: (host: String, port: String)? {
    var host = [CChar](repeating: 0, count: Int(NI_MAXHOST))
    var port = [CChar](repeating: 0, count: Int(NI_MAXSERV))
    let code = withPointer {
      getnameinfo(
        $0, $1, &host, socklen_t(host.count), &port, socklen_t(port.count), NI_NUMERICHOST | NI_NUMERICSERV)
    }
    guard code == 0 else { return nil }
    let texts = [host, port].map { String(decoding: $0.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self) }
    return (texts[0], texts[1])
  }

  var family: Int32 { Int32(storage.ss_family) }

  func withPointer<Value>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Value) -> Value {
    withUnsafePointer(to: storage) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
    }
  }

  /// Returns the address of an interface; nil if it is of another family than IP.
  init?(_ address: UnsafePointer<sockaddr>) {
    switch Int32(address.pointee.sa_family) {
    case AF_INET: self.init(address, socklen_t(MemoryLayout<sockaddr_in>.size))
    case AF_INET6: self.init(address, socklen_t(MemoryLayout<sockaddr_in6>.size))
    default: return nil
    }
  }

  /// Returns a numeric address with a port.
  static func numeric(_ host: String, port: UInt16) throws(ProbeFailure) -> ProbeSocketAddress {
    guard let address = try resolve(ProbeAddress(host: host, port: port), flags: AI_NUMERICHOST).first else {
      throw ProbeFailure("getaddrinfo", Errno(EINVAL))
    }
    return address
  }

  /// Returns the local address, with port 0, from which the kernel would send to the peer; nil if it has no route. A
  /// datagram socket that is connected sends nothing: udp(7).
  static func source(towards peer: ProbeSocketAddress) -> ProbeSocketAddress? {
    let descriptor = socket(peer.family, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    guard peer.withPointer({ connect(descriptor, $0, $1) }) == 0,
      let host = ProbeSocketAddress(filledBy: { getsockname(descriptor, $0, $1) })?.host
    else { return nil }
    return try? numeric(host, port: 0)
  }

  /// What `fill` (getsockname, getpeername) writes; nil: it failed.
  init?(filledBy fill: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32) {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let result = withUnsafeMutablePointer(to: &storage) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { fill($0, &length) }
    }
    guard result >= 0 else { return nil }
    self.storage = storage
    self.length = length
  }

  private init<Address>(_ address: Address) {
    storage = sockaddr_storage()
    length = socklen_t(MemoryLayout<Address>.size)
    withUnsafeMutableBytes(of: &storage) { target in
      withUnsafeBytes(of: address) { target.copyMemory(from: $0) }
    }
  }

  private init?(_ address: UnsafePointer<sockaddr>?, _ length: socklen_t) {
    guard let address, length <= MemoryLayout<sockaddr_storage>.size else { return nil }
    storage = sockaddr_storage()
    self.length = length
    withUnsafeMutableBytes(of: &storage) {
      $0.copyMemory(from: UnsafeRawBufferPointer(start: address, count: Int(length)))
    }
  }
}
