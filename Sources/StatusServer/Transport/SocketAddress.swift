import CLinux
import Glibc

/// An address in the kernel's form: `sockaddr_in`, `sockaddr_in6` or `sockaddr_un`.
struct SocketAddress: Sendable {
  /// The longest path of a Unix socket in bytes: `sun_path` also holds a terminator (unix(7)).
  static let longestPath = 107

  let family: Int32
  private var storage: sockaddr_storage
  private let length: socklen_t

  /// Returns nil if the path is too long.
  init?(path: String) {
    guard path.utf8.count <= Self.longestPath else { return nil }
    family = AF_UNIX
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    storage = sockaddr_storage()
    withUnsafeMutableBytes(of: &storage) { target in
      withUnsafeBytes(of: address) { target.copyMemory(from: $0) }
    }
    length = socklen_t(MemoryLayout<sockaddr_un>.size)
  }

  /// Resolves a host to its first address with getaddrinfo(3), whose message the error has.
  init(host: String, port: UInt16, family: Int32) throws(HostUnknown) {
    guard let first = try Self.all(host: host, port: port, family: family).first else {
      throw HostUnknown(reason: "the name has no address")
    }
    self = first
  }

  /// Resolves a host to all its addresses with getaddrinfo(3), whose message the error has.
  static func all(host: String, port: UInt16, family: Int32 = AF_UNSPEC) throws(HostUnknown) -> [SocketAddress] {
    var hints = addrinfo()
    hints.ai_family = family
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
    var list: UnsafeMutablePointer<addrinfo>?
    let status = getaddrinfo(host, String(port), &hints, &list)
    defer { if let list { freeaddrinfo(list) } }
    guard status == 0 else { throw HostUnknown(reason: String(cString: gai_strerror(status)).lowercased()) }
    var all: [SocketAddress] = []
    var next = list
    while let entry = next {
      if let address = SocketAddress(entry.pointee) { all.append(address) }
      next = entry.pointee.ai_next
    }
    return all
  }

  private init?(_ entry: addrinfo) {
    guard let address = entry.ai_addr else { return nil }
    family = entry.ai_family
    storage = sockaddr_storage()
    length = entry.ai_addrlen
    withUnsafeMutableBytes(of: &storage) {
      $0.copyMemory(from: UnsafeRawBufferPointer(start: address, count: Int(entry.ai_addrlen)))
    }
  }

  struct HostUnknown: Error {
    let reason: String
  }

  func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
    withUnsafePointer(to: storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
    }
  }

  /// The address as numbers: `127.0.0.1:9132`, `[::1]:9132`, or `unix:PATH`.
  var numericText: String {
    if family == AF_UNIX {
      return withUnsafeBytes(of: storage) { bytes in
        let path = bytes.dropFirst(MemoryLayout<sa_family_t>.size).prefix { $0 != 0 }
        return "unix:" + String(decoding: path, as: UTF8.self)
      }
    }
    var host = [CChar](repeating: 0, count: Int(NI_MAXHOST))
    var port = [CChar](repeating: 0, count: Int(NI_MAXSERV))
    let flags = NI_NUMERICHOST | NI_NUMERICSERV
    let status = withPointer {
      getnameinfo($0, $1, &host, socklen_t(host.count), &port, socklen_t(port.count), flags)
    }
    guard status == 0 else { return "unknown" }
    let (hostText, portText) = (Self.text(host), Self.text(port))
    return family == AF_INET6 ? "[\(hostText)]:\(portText)" : "\(hostText):\(portText)"
  }

  private static func text(_ characters: [CChar]) -> String {
    String(decoding: characters.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// Returns the port that a TCP socket is bound to; 0 for other families.
  static func port(of descriptor: Int32) -> UInt16 {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let status = withUnsafeMutablePointer(to: &storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
    }
    guard status == 0 else { return 0 }
    return withUnsafeBytes(of: storage) { bytes in
      switch Int32(storage.ss_family) {
      case AF_INET: UInt16(bigEndian: bytes.load(as: sockaddr_in.self).sin_port)
      case AF_INET6: UInt16(bigEndian: bytes.load(as: sockaddr_in6.self).sin6_port)
      default: 0
      }
    }
  }
}
