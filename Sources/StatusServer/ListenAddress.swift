import Linux
import Reconcile

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
    do throws(ProbeAddress.Malformed) {
      let address = try ProbeAddress(reading: text)
      let (host, port) = (address.host, address.port)
      self =
        host.isEmpty
        ? .everywhere(port: port) : host.contains(":") ? .tcp6(host: host, port: port) : .tcp4(host: host, port: port)
    } catch {
      throw refuse(error.reason)
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
