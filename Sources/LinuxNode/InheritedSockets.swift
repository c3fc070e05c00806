import Glibc

/// A socket that the service manager opened for this process: sd_listen_fds(3).
package struct InheritedSocket: Hashable, Sendable {
  package let descriptor: Int32
  /// FileDescriptorName= of the socket unit, `unknown` where none is told.
  package let name: String

  /// The first one's descriptor.
  private static let first: Int32 = 3

  /// All of them, marked close-on-exec; none if LISTEN_PID is another process. `variable` looks up the environment.
  package static func all(variable: (String) -> String?) -> [InheritedSocket] {
    guard variable("LISTEN_PID") == String(getpid()), let count = variable("LISTEN_FDS").flatMap(Int32.init),
      count > 0, count <= 1024
    else { return [] }
    let names = variable("LISTEN_FDNAMES")?.split(separator: ":", omittingEmptySubsequences: false) ?? []
    return (0..<count).compactMap { index in
      let descriptor = first + index
      let flags = fcntl(descriptor, F_GETFD)
      guard flags >= 0, fcntl(descriptor, F_SETFD, flags | FD_CLOEXEC) == 0 else { return nil }
      return InheritedSocket(
        descriptor: descriptor, name: index < names.count ? String(names[Int(index)]) : "unknown")
    }
  }
}
