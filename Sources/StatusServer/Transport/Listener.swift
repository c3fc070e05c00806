import CLinux
import Glibc
import Linux

/// A listening socket, non-blocking and close-on-exec. It closes with its last reference, and then removes the file that
/// it created.
package final class Listener: Sendable {
  let descriptor: Int32
  /// The address for messages, with the port that the kernel chose.
  package let address: String
  private let madePath: String?

  private init(descriptor: Int32, address: String, madePath: String? = nil) {
    self.descriptor = descriptor
    self.address = address
    self.madePath = madePath
  }

  deinit {
    if let madePath { unlink(madePath) }
    close(descriptor)
  }

  /// Opens a socket for the address. Returns nil for `none`.
  package static func open(_ address: ListenAddress) throws(SocketFailure) -> Listener? {
    switch address {
    case .none:
      return nil
    case .unix(let path):
      return try unix(path)
    case .tcp4(let host, let port):
      // A name may have addresses of both families: the first IPv4 address is used, or else the first one.
      if let target = try? SocketAddress.all(host: host, port: port, family: AF_INET).first {
        return try tcp(target, address, dualStack: false)
      }
      return try tcp(resolve(host, port, AF_UNSPEC, address), address, dualStack: false)
    case .tcp6(let host, let port):
      return try tcp(resolve(host, port, AF_INET6, address), address, dualStack: false)
    case .everywhere(let port):
      do throws(SocketFailure) {
        return try tcp(resolve("::", port, AF_INET6, address), address, dualStack: true)
      } catch {
        // The kernel has no IPv6.
        guard error.errno == EAFNOSUPPORT || error.errno == EADDRNOTAVAIL else { throw error }
        return try tcp(resolve("0.0.0.0", port, AF_INET, address), address, dualStack: false)
      }
    }
  }

  /// Returns the sockets that a service manager passed: the descriptors from `first` on, as many as `LISTEN_FDS` says, if
  /// `LISTEN_PID` is this process (sd_listen_fds(3)).
  ///
  /// - Parameters:
  ///   - variable: looks up a variable of the environment.
  ///   - processID: of this process.
  ///   - first: the first descriptor that a service manager passes.
  package static func inherited(
    variable: (String) -> String?, processID: Int32 = getpid(), first: Int32 = 3
  ) throws(SocketFailure) -> [Listener] {
    guard variable("LISTEN_PID") == String(processID), let text = variable("LISTEN_FDS") else { return [] }
    guard let count = Int32(text), count >= 0, count < 1024 else {
      throw SocketFailure("adopt inherited sockets", reason: "LISTEN_FDS='\(text)' is not a number of descriptors")
    }
    var listeners: [Listener] = []
    for descriptor in first..<(first + count) { listeners.append(try adopt(descriptor)) }
    return listeners
  }

  /// Takes over a stream socket that already listens.
  static func adopt(_ descriptor: Int32) throws(SocketFailure) -> Listener {
    let operation = "adopt the inherited descriptor \(descriptor)"
    guard let type = option(SO_TYPE, of: descriptor), let listens = option(SO_ACCEPTCONN, of: descriptor) else {
      throw SocketFailure(operation, errno: errno, remedy: "pass sockets only (ListenStream= of a socket unit)")
    }
    guard type == Int32(SOCK_STREAM.rawValue), listens == 1 else {
      throw SocketFailure(
        operation, reason: "it is not a listening stream socket", remedy: "use ListenStream= with Accept=no")
    }
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    let port = SocketAddress.port(of: descriptor)
    return Listener(descriptor: descriptor, address: port > 0 ? "inherited, port \(port)" : "inherited")
  }

  private static func option(_ name: Int32, of descriptor: Int32) -> Int32? {
    var value: Int32 = 0
    var length = socklen_t(MemoryLayout<Int32>.size)
    return getsockopt(descriptor, SOL_SOCKET, name, &value, &length) == 0 ? value : nil
  }

  // MARK: TCP

  private static func resolve(
    _ host: String, _ port: UInt16, _ family: Int32, _ address: ListenAddress
  ) throws(SocketFailure) -> SocketAddress {
    func refuse(_ reason: String) -> SocketFailure {
      SocketFailure("listen on \(address)", reason: reason, remedy: "use an address of this host")
    }
    let all: [SocketAddress]
    do throws(SocketAddress.HostUnknown) {
      all = try SocketAddress.all(host: host, port: port, family: family)
    } catch {
      throw refuse(error.reason)
    }
    guard let first = all.first else { throw refuse("the name has no address") }
    return first
  }

  private static func tcp(
    _ target: SocketAddress, _ address: ListenAddress, dualStack: Bool
  ) throws(SocketFailure) -> Listener {
    let descriptor = try makeSocket(target.family, for: address)
    setOption(descriptor, SOL_SOCKET, SO_REUSEADDR, 1)
    // Accepted connections inherit this; small answers must not wait for an acknowledgement.
    setOption(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
    // An answer fits into the first window, so there is no congestion to control. Every kernel has and allows `reno`,
    // which does the least work.
    "reno".withCString { _ = setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_CONGESTION, $0, socklen_t(strlen($0))) }
    if target.family == AF_INET6 { setOption(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, dualStack ? 0 : 1) }
    do throws(SocketFailure) {
      try bindAndListen(descriptor, target, address)
    } catch {
      close(descriptor)
      throw error
    }
    let port = SocketAddress.port(of: descriptor)
    let shown: ListenAddress =
      switch address {
      case .tcp4(let host, _): .tcp4(host: host, port: port)
      case .tcp6(let host, _): .tcp6(host: host, port: port)
      case .everywhere: .everywhere(port: port)
      case .unix, .none: address
      }
    return Listener(descriptor: descriptor, address: shown.description)
  }

  private static func makeSocket(_ family: Int32, for address: ListenAddress) throws(SocketFailure) -> Int32 {
    let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    let descriptor = socket(family, type, 0)
    guard descriptor >= 0 else { throw SocketFailure("listen on \(address)", errno: errno) }
    return descriptor
  }

  private static func setOption(_ descriptor: Int32, _ level: Int32, _ name: Int32, _ value: Int32) {
    var value = value
    _ = setsockopt(descriptor, level, name, &value, socklen_t(MemoryLayout<Int32>.size))
  }

  private static func bindAndListen(
    _ descriptor: Int32, _ target: SocketAddress, _ address: ListenAddress
  ) throws(SocketFailure) {
    let bound = target.withPointer { bind(descriptor, $0, $1) == 0 ? 0 : errno }
    let failure = bound == 0 && listen(descriptor, SOMAXCONN) < 0 ? errno : bound
    guard failure != 0 else { return }
    let remedy: String? =
      switch failure {
      case EADDRINUSE: "stop the program that listens there (`ss -ltnp` shows it) or choose another --listen address"
      case EADDRNOTAVAIL: "use an address of one of this host's interfaces"
      case EACCES: "choose a port above 1023 or a writable path"
      case ENOENT, ENOTDIR: "create its directory first"
      default: nil
      }
    throw SocketFailure("listen on \(address)", errno: failure, remedy: remedy)
  }

  // MARK: Unix

  /// Creates the socket file with mode 0660. It replaces a file that a dead process left, and never one in use.
  private static func unix(_ path: String) throws(SocketFailure) -> Listener {
    let address = ListenAddress.unix(path: path)
    guard let target = SocketAddress(path: path) else {
      throw SocketFailure("listen on \(address)", reason: "the path is too long")
    }
    try removeStaleSocket(path, target, address)
    let descriptor = try makeSocket(AF_UNIX, for: address)
    do throws(SocketFailure) {
      // bind(2) takes the mode from the socket's inode, so other users can never connect.
      fchmod(descriptor, 0o660)
      try bindAndListen(descriptor, target, address)
      guard chmod(path, 0o660) == 0 else { throw SocketFailure("set mode 0660 on '\(path)'", errno: errno) }
    } catch {
      close(descriptor)
      throw error
    }
    return Listener(descriptor: descriptor, address: address.description, madePath: path)
  }

  private static func removeStaleSocket(
    _ path: String, _ target: SocketAddress, _ address: ListenAddress
  ) throws(SocketFailure) {
    var entry = stat()
    guard lstat(path, &entry) == 0 else { return }
    guard entry.st_mode & S_IFMT == S_IFSOCK else {
      throw SocketFailure(
        "listen on \(address)", reason: "there is a file at this path that is not a socket",
        remedy: "remove it or choose another path")
    }
    let probe = try makeSocket(AF_UNIX, for: address)
    defer { close(probe) }
    let answer = target.withPointer { connect(probe, $0, $1) == 0 ? 0 : errno }
    guard answer == ECONNREFUSED else {
      throw SocketFailure(
        "listen on \(address)", errno: answer == 0 || answer == EAGAIN ? EADDRINUSE : answer,
        remedy: "stop the process that listens there or choose another path")
    }
    guard unlink(path) == 0 else { throw SocketFailure("remove the stale socket '\(path)'", errno: errno) }
  }
}
