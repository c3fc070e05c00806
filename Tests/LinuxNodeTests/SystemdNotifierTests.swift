import Glibc
import LinuxNode
import NodeAgent
import Testing

@Suite struct SystemdNotifierTests {
  /// A datagram socket as systemd opens it; `name` is as NOTIFY_SOCKET spells it.
  private final class Manager {
    let descriptor: Int32

    init(_ name: String) {
      descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
      var address = sockaddr_un()
      address.sun_family = sa_family_t(AF_UNIX)
      var bytes = Array(name.utf8)
      if bytes.first == UInt8(ascii: "@") { bytes[0] = 0 }
      withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
      let length = socklen_t(2 + bytes.count)
      let result = withUnsafePointer(to: address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
      }
      precondition(result == 0)
    }

    deinit { close(descriptor) }

    var message: String {
      var buffer = [UInt8](repeating: 0, count: 4096)
      let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
      return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
    }
  }

  private func notifier(_ environment: [String: String]) -> SystemdNotifier { SystemdNotifier { environment[$0] } }

  @Test(arguments: ["/tmp/sctp-agent-test-notify-\(getpid())", "@sctp-agent-test-notify-\(getpid())"])
  func oneDatagramHoldsAllAssignments(_ name: String) {
    let manager = Manager(name)
    defer { unlink(name) }
    notifier(["NOTIFY_SOCKET": name]).notify([.ready, .status("Ready\nand well"), .watchdog, .stopping])
    #expect(manager.message == "READY=1\nSTATUS=Ready and well\nWATCHDOG=1\nSTOPPING=1")
    #expect(manager.message == "")
  }

  @Test func reloadingCarriesTheMonotonicTime() throws {
    let name = "@sctp-agent-test-reload-\(getpid())"
    let manager = Manager(name)
    var before = timespec()
    clock_gettime(CLOCK_MONOTONIC, &before)
    notifier(["NOTIFY_SOCKET": name]).notify([.reloading])
    let lines = manager.message.split(separator: "\n")
    #expect(lines.first == "RELOADING=1")
    let time = try #require(lines.last?.split(separator: "=").last.flatMap { Int($0) })
    #expect(time >= before.tv_sec * 1_000_000)
  }

  @Test(arguments: [nil, "", "relative", "@", "/no/such/socket", "/" + String(repeating: "x", count: 200)])
  func anUnusableSocketIsNoCrash(_ socket: String?) {
    notifier(socket.map { ["NOTIFY_SOCKET": $0] } ?? [:]).notify([.ready])
  }

  @Test func theWatchdogIsFedTwiceAsOftenAsItAsks() {
    #expect(notifier(["WATCHDOG_USEC": "30000000"]).watchdogInterval == .seconds(15))
    #expect(notifier(["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "\(getpid())"]).watchdogInterval == .seconds(15))
    #expect(notifier(["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"]).watchdogInterval == nil)
    #expect(notifier(["WATCHDOG_USEC": "0"]).watchdogInterval == nil)
    #expect(notifier([:]).watchdogInterval == nil)
  }
}
