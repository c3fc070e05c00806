import CLinux
import Glibc
import Linux
import Reconcile

/// A non-blocking one-to-one style socket: sctp(7), RFC 6458 section 4.
struct ProbeSocket: ~Copyable {
  let descriptor: Int32

  /// `transport` is an IP protocol number.
  init(_ family: Int32, _ transport: Int32) throws(ProbeFailure) {
    let type = SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue
    descriptor = Int32(try Self.call("socket") { Syscall.raw(socket(family, Int32(type), transport)) })
  }

  private init(accepted descriptor: Int32) { self.descriptor = descriptor }

  deinit { close(descriptor) }

  func bind(to address: SocketAddress) throws(ProbeFailure) {
    try Self.call("bind") { address.withPointer { Syscall.raw(Glibc.bind(descriptor, $0, $1)) } }
  }

  func listen() throws(ProbeFailure) { try Self.call("listen") { Syscall.raw(Glibc.listen(descriptor, 128)) } }

  func turnOn(_ option: Int32, of level: Int32) throws(ProbeFailure) {
    var on: Int32 = 1
    try Self.call("setsockopt") {
      Syscall.raw(setsockopt(descriptor, level, option, &on, socklen_t(MemoryLayout<Int32>.size)))
    }
  }

  var local: SocketAddress? { SocketAddress { getsockname(descriptor, $0, $1) } }

  /// Waits for the association until the deadline.
  func connect(to address: SocketAddress, by deadline: Deadline) throws(ProbeFailure) {
    var error = address.withPointer { Syscall.raw(Glibc.connect(descriptor, $0, $1)) }
    if error == -Int(EINPROGRESS) || error == -Int(EINTR) {
      try wait(for: POLLOUT, "connect", by: deadline)
      var pending: Int32 = 0
      var size = socklen_t(MemoryLayout<Int32>.size)
      error = Syscall.raw(getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &pending, &size))
      if error >= 0 { error = -Int(pending) }
    }
    guard error >= 0 else { throw ProbeFailure("connect", Errno(Int32(-error))) }
  }

  func accept(by deadline: Deadline) throws(ProbeFailure) -> ProbeSocket {
    try wait(for: POLLIN, "accept", by: deadline)
    let accepted = try Self.call("accept") { Int(CLinux_accept(descriptor)) }
    return ProbeSocket(accepted: Int32(accepted))
  }

  func send(_ bytes: [UInt8], by deadline: Deadline) throws(ProbeFailure) {
    var sent = 0
    while sent < bytes.count {
      try wait(for: POLLOUT, "send", by: deadline)
      sent += try Self.call("send") {
        let result = bytes.withUnsafeBytes {
          Syscall.raw(Glibc.send(descriptor, $0.baseAddress.map { $0 + sent }, bytes.count - sent, Self.flags))
        }
        return result == -Int(EAGAIN) ? 0 : result
      }
    }
  }

  /// Receives exactly `count` bytes, in any number of pieces.
  func receive(_ count: Int, by deadline: Deadline) throws(ProbeFailure) -> [UInt8] {
    var received: [UInt8] = []
    received.reserveCapacity(count)
    while received.count < count {
      try wait(for: POLLIN, "receive", by: deadline)
      do throws(Errno) {
        let more = try Syscall.bytes(upTo: count - received.count) {
          Syscall.raw(recv(descriptor, $0.baseAddress, $0.count, Self.flags))
        }
        guard !more.isEmpty else { throw Errno(ECONNRESET) }
        received += more
      } catch {
        guard error.rawValue == EAGAIN else { throw ProbeFailure("receive", error) }
      }
    }
    return received
  }

  private static let flags = Int32(MSG_NOSIGNAL | MSG_DONTWAIT)

  private func wait(for event: Int32, _ call: String, by deadline: Deadline) throws(ProbeFailure) {
    var descriptors = [pollfd(fd: descriptor, events: Int16(event), revents: 0)]
    if let interruption = deadline.interruption {
      descriptors.append(pollfd(fd: interruption, events: Int16(POLLIN), revents: 0))
    }
    // An error or a hang-up shows in the call that follows.
    while descriptors[0].revents == 0 {
      let ready: Int
      do throws(Errno) {
        ready = try Syscall.poll(&descriptors) { deadline.remaining }
      } catch {
        throw ProbeFailure(call, error)
      }
      guard ready == 0 || descriptors[0].revents != 0 else { throw ProbeFailure(call, Errno(EINTR)) }
      guard ready > 0 || deadline.remaining > .zero else { throw ProbeFailure.timeout(call, after: deadline.limit) }
    }
  }

  @discardableResult
  private static func call(_ name: String, _ body: () -> Int) throws(ProbeFailure) -> Int {
    do throws(Errno) {
      return try Syscall.check(body)
    } catch {
      throw ProbeFailure(name, error)
    }
  }
}

/// The end of a time limit, or an earlier interruption.
struct Deadline {
  let limit: Duration
  /// A descriptor whose readability ends the wait.
  let interruption: Int32?
  private let end: ContinuousClock.Instant

  init(after limit: Duration, orReadable interruption: Int32? = nil) {
    self.limit = limit
    self.interruption = interruption
    end = .now + limit
  }

  var remaining: Duration { ContinuousClock.now.duration(to: end) }
}
