/// A value of `--listen`: where the server is to be reached.
package enum ListenAddress: Hashable, Sendable, CustomStringConvertible {
  /// A dotted quad, or a name that is looked up; IPv4 is preferred.
  case tcp4(host: String, port: UInt16)
  /// Without brackets; a scope may follow the percent sign.
  case tcp6(host: String, port: UInt16)
  /// Every address of the host, IPv6 and IPv4: `:PORT`.
  case everywhere(port: UInt16)
  case unix(path: String)
  /// No address: `none`.
  case none

  /// Where the agent is to be found unless something else is said.
  package static let standard = ListenAddress.tcp4(host: "127.0.0.1", port: 9132)

  /// Reads `HOST:PORT`, `[V6]:PORT`, `:PORT`, `unix:PATH` or `none`; port 0 lets the kernel choose one.
  package init(parsing text: String) throws(SocketFailure) {
    func refuse(_ reason: String) -> SocketFailure {
      SocketFailure(
        "read the address '\(text)'", reason: reason, remedy: "write HOST:PORT, [V6]:PORT, unix:PATH or none")
    }
    if text == "none" {
      self = .none
      return
    }
    if text.hasPrefix("unix:") {
      let path = String(text.dropFirst(5))
      guard !path.isEmpty, !path.utf8.contains(0) else { throw refuse("there is no path") }
      guard path.utf8.count <= SocketAddress.longestPath else {
        throw refuse("the path is longer than \(SocketAddress.longestPath) bytes")
      }
      self = .unix(path: path)
      return
    }
    guard let colon = text.lastIndex(of: ":") else { throw refuse("there is no port") }
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
