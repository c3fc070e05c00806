import CLinux
import Glibc
package import NodeAgent

/// Notifies systemd, or another manager that set NOTIFY_SOCKET, without libsystemd: sd_notify(3).
package struct SystemdNotifier: ServiceNotifier {
  package let watchdogInterval: Duration?
  private let address: [UInt8]?

  /// - Parameter variable: looks up a variable of the environment.
  package init(variable: (String) -> String?) {
    address = variable("NOTIFY_SOCKET").flatMap(Self.address)
    watchdogInterval = Self.interval(variable)
  }

  package func notify(_ assignments: [ServiceAssignment]) {
    guard let address, !assignments.isEmpty else { return }
    let message = assignments.map(Self.text).joined(separator: "\n")
    let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    var storage = sockaddr_un()
    storage.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &storage.sun_path) { $0.copyBytes(from: address) }
    // The length ends an abstract name, and a NUL ends a path.
    let length = socklen_t(MemoryLayout<sa_family_t>.size + address.count)
    _ = withUnsafePointer(to: storage) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        sendto(descriptor, message, message.utf8.count, Int32(MSG_DONTWAIT | MSG_NOSIGNAL), address, length)
      }
    }
  }

  private static func text(_ assignment: ServiceAssignment) -> String {
    switch assignment {
    case .ready: return "READY=1"
    case .reloading:
      var now = timespec()
      clock_gettime(CLOCK_MONOTONIC, &now)
      return "RELOADING=1\nMONOTONIC_USEC=\(now.tv_sec * 1_000_000 + now.tv_nsec / 1000)"
    case .stopping: return "STOPPING=1"
    case .watchdog: return "WATCHDOG=1"
    case .status(let line): return "STATUS=" + String(line.map { $0.isNewline ? " " : $0 })
    }
  }

  /// Returns the bytes of sun_path, or nil if the name is too long, or neither a path nor an abstract name.
  private static func address(_ socket: String) -> [UInt8]? {
    var bytes = Array(socket.utf8)
    switch bytes.first {
    case UInt8(ascii: "@"): bytes[0] = 0
    case UInt8(ascii: "/"): bytes.append(0)
    default: return nil
    }
    return bytes.count > 1 && bytes.count <= MemoryLayout.size(ofValue: sockaddr_un().sun_path) ? bytes : nil
  }

  /// Returns half of WATCHDOG_USEC, or nil if WATCHDOG_PID is another process: sd_watchdog_enabled(3).
  private static func interval(_ variable: (String) -> String?) -> Duration? {
    guard let microseconds = variable("WATCHDOG_USEC").flatMap(Int64.init), microseconds > 0 else { return nil }
    if let process = variable("WATCHDOG_PID"), process != String(getpid()) { return nil }
    return .microseconds(microseconds / 2)
  }
}
