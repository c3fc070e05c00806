/// A value of `--listen`: an address at which clients reach the server.
package enum ListenAddress: Hashable, Sendable, CustomStringConvertible {
  /// An IPv4 address, or a name that is resolved; IPv4 is preferred.
  case tcp4(host: String, port: UInt16)
  /// An IPv6 address without brackets; a scope may follow a percent sign.
  case tcp6(host: String, port: UInt16)
  /// Every address of the host, IPv6 and IPv4, written `:PORT`.
  case everywhere(port: UInt16)
  case unix(path: String)
  /// No address, written `none`.
  case none

  /// The agent's default address.
  package static let standard = ListenAddress.tcp4(host: "127.0.0.1", port: 9132)

  /// Reads `HOST:PORT`, `[V6]:PORT`, `:PORT`, `unix:PATH` or `none`; with port 0, the kernel chooses one.
  package init(parsing text: String) throws(SocketFailure) {
    func refuse(_ reason: String) -> SocketFailure {
      SocketFailure(
        "read the address '\(text)'", reason: reason, remedy: "use HOST:PORT, [V6]:PORT, unix:PATH or none")
    }
    if text == "none" {
      self = .none
      return
    }
    if text.hasPrefix("unix:") {
      let path = String(text.dropFirst(5))
      guard !path.isEmpty, !path.utf8.contains(0) else { throw refuse("the path is empty or has a NUL") }
      guard path.utf8.count <= SocketAddress.longestPath else {
        throw refuse("the path is longer than \(SocketAddress.longestPath) bytes")
      }
      self = .unix(path: path)
      return
    }
    guard let colon = text.lastIndex(of: ":") else { throw refuse("the port is missing") }
    let digits = text[text.index(after: colon)...]
    guard !digits.isEmpty, digits.utf8.allSatisfy(Octet.isDigit), let port = UInt16(digits) else {
      throw refuse("the port is not a number from 0 to 65535")
    }
    let host = String(text[..<colon])
    if host.isEmpty {
      self = .everywhere(port: port)
    } else if host.hasPrefix("["), host.hasSuffix("]"), host.contains(":") {
      self = .tcp6(host: String(host.dropFirst().dropLast()), port: port)
    } else if host.contains(":") {
      throw refuse("an IPv6 address needs brackets")
    } else if host.contains(where: { "[]/ ".contains($0) }) {
      throw refuse("the host is malformed")
    } else {
      self = .tcp4(host: host, port: port)
    }
  }

  package var description: String {
    switch self {
    case .tcp4(let host, let port): "\(host):\(port)"
    case .tcp6(let host, let port): "[\(host)]:\(port)"
    case .everywhere(let port): ":\(port)"
    case .unix(let path): "unix:\(path)"
    case .none: "none"
    }
  }
}
