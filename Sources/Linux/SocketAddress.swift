package import Glibc

/// An address in the kernel's form: `sockaddr_in`, `sockaddr_in6` or `sockaddr_un`.
package struct SocketAddress: Sendable, CustomStringConvertible {
  /// The longest path of a Unix socket in bytes: `sun_path` also holds a terminator (unix(7)).
  package static let longestPath = 107

  private var storage: sockaddr_storage
  private var length: socklen_t

  /// Returns nil if the path is too long.
  package init?(path: String) {
    guard path.utf8.count <= Self.longestPath else { return nil }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    self.init(address)
  }

  /// Returns the IPv4 address of the loopback interface, with port 0.
  package static var loopback4: SocketAddress {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
    return SocketAddress(address)
  }

  /// Returns the IPv6 address of the loopback interface, with port 0.
  package static var loopback6: SocketAddress {
    var address = sockaddr_in6()
    address.sin6_family = sa_family_t(AF_INET6)
    withUnsafeMutableBytes(of: &address.sin6_addr) { $0[15] = 1 }
    return SocketAddress(address)
  }

  /// Returns the IP address that a pointer of the kernel or of libc refers to, or nil for another family.
  package init?(_ address: UnsafePointer<sockaddr>) {
    switch Int32(address.pointee.sa_family) {
    case AF_INET: self.init(address, socklen_t(MemoryLayout<sockaddr_in>.size))
    case AF_INET6: self.init(address, socklen_t(MemoryLayout<sockaddr_in6>.size))
    default: return nil
    }
  }

  /// Returns what `fill` (getsockname, getpeername) writes, or nil if it fails.
  package init?(filledBy fill: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32) {
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

  /// Returns every address of a host, in the resolver's order: getaddrinfo(3). It may block for minutes.
  ///
  /// - Parameters:
  ///   - host: a name or an address; empty for every address of this host.
  ///   - port: the port of each address.
  ///   - family: AF_INET or AF_INET6, if only one is wanted.
  ///   - flags: of getaddrinfo, such as AI_NUMERICHOST.
  package static func all(
    host: String, port: UInt16, family: Int32 = AF_UNSPEC, flags: Int32 = 0
  ) throws(HostUnknown) -> [SocketAddress] {
    var hints = addrinfo()
    hints.ai_family = family
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    hints.ai_flags = flags | AI_NUMERICSERV | (host.isEmpty ? AI_PASSIVE : 0)
    var results: UnsafeMutablePointer<addrinfo>?
    let code = getaddrinfo(host.isEmpty ? nil : host, String(port), &hints, &results)
    guard code == 0 else {
      throw HostUnknown(
        reason: code == EAI_SYSTEM ? "\(Errno.last)" : String(cString: gai_strerror(code)).lowercased())
    }
    defer { freeaddrinfo(results) }
    return sequence(first: results, next: { $0?.pointee.ai_next }).prefix { $0 != nil }.compactMap { item in
      item.flatMap { SocketAddress($0.pointee.ai_addr, $0.pointee.ai_addrlen) }
    }
  }

  /// Says why a host has no address.
  package struct HostUnknown: Error {
    package let reason: String
  }

  package var family: Int32 { Int32(storage.ss_family) }

  /// The port, or 0 for an address without one.
  package var port: UInt16 {
    withUnsafeBytes(of: storage) { bytes in
      switch family {
      case AF_INET: UInt16(bigEndian: bytes.load(as: sockaddr_in.self).sin_port)
      case AF_INET6: UInt16(bigEndian: bytes.load(as: sockaddr_in6.self).sin6_port)
      default: 0
      }
    }
  }

  /// Returns the port that a TCP socket is bound to; 0 for other families.
  package static func port(of descriptor: Int32) -> UInt16 {
    SocketAddress { getsockname(descriptor, $0, $1) }?.port ?? 0
  }

  /// The address as numbers without the port, or nil if it is no IP address.
  package var host: String? { numeric?.host }

  /// The address as numbers: `127.0.0.1:9132`, `[::1]:9132`, or `unix:PATH`.
  package var description: String {
    if family == AF_UNIX {
      return withUnsafeBytes(of: storage) { bytes in
        let path = bytes.dropFirst(MemoryLayout<sa_family_t>.size).prefix { $0 != 0 }
        return "unix:" + String(decoding: path, as: UTF8.self)
      }
    }
    guard let (host, port) = numeric else { return "unknown address" }
    return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
  }

  private var numeric: (host: String, port: String)? {
    guard family == AF_INET || family == AF_INET6 else { return nil }
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

  package func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
    withUnsafePointer(to: storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
    }
  }
}
