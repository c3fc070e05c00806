import CLinux
import Glibc
import Linux
package import Reconcile

/// Sends back whatever each client sends, to many clients at once on one thread.
package final class EchoServer {
  /// The totals until it was stopped.
  package struct Totals: Hashable, Sendable {
    package internal(set) var clients = 0
    package internal(set) var bytes = 0
  }

  private static let bufferSize = 64 * 1024
  /// The pause, in milliseconds, after which the server tries to accept again. If all descriptors are used and none of
  /// them is a client's, no event reports when there is room.
  private static let pause: Int32 = 1000

  /// The numeric addresses, with the port that the kernel chose if none was given.
  package let addresses: [String]
  private let listeners: [Int32: ProbeListener]
  private let epoll: Int32
  private let stop: Int32
  private let limit: Int
  private var clients: [Int32: Client] = [:]
  /// Counts what the clients do, to know which of them has been idle for longest.
  private var activity: UInt64 = 0
  private var totals = Totals()
  /// Whether connections are accepted. While all descriptors are used, they are not, until a client leaves or a pause
  /// ends.
  private var isAccepting = true

  private struct Client {
    /// The events of epoll that are reported for it.
    var interest = EPOLLIN.rawValue
    /// The bytes that are not sent yet. The client is not read while there are any.
    var pending: [UInt8] = []
    var lastActivity: UInt64
  }

  /// Listens on every address of the host's name.
  ///
  /// - Parameters:
  ///   - stop: a descriptor that becomes readable when `run` is to end.
  ///   - limit: the largest number of clients; beyond it, the one that has been idle for longest is closed.
  ///   - transport: the IP protocol number.
  package init(
    _ address: ProbeAddress, stop: Int32, limit: Int = .max, transport: Int32 = Int32(IPPROTO_SCTP)
  ) throws(ProbeFailure) {
    var listeners: [ProbeListener] = []
    var failure: ProbeFailure?
    for socketAddress in try SocketAddress.resolve(address) {
      do throws(ProbeFailure) {
        listeners.append(try ProbeListener(socketAddress, transport, ownFamilyOnly: address.host.isEmpty))
      } catch {
        // `:PORT` means both families, and one of them may be off.
        failure = failure ?? error
      }
    }
    if listeners.isEmpty, let failure { throw failure }
    addresses = listeners.map(\.address)
    self.listeners = Dictionary(uniqueKeysWithValues: listeners.map { ($0.socket.descriptor, $0) })
    self.stop = stop
    self.limit = limit
    epoll = CLinux_epoll_create()
    guard epoll >= 0 else { throw ProbeFailure("epoll_create", Errno(-epoll)) }
    for descriptor in self.listeners.keys + [stop] { try add(descriptor) }
  }

  deinit {
    for client in clients.keys { close(client) }
    if epoll >= 0 { close(epoll) }
  }

  /// Serves until `stop` is readable.
  package func run() -> Totals {
    let capacity = 64
    let events = UnsafeMutablePointer<epoll_event>.allocate(capacity: capacity)
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.bufferSize, alignment: 16)
    defer {
      events.deallocate()
      buffer.deallocate()
    }
    var isStopped = false
    while !isStopped {
      let count = CLinux_epoll_wait(epoll, events, Int32(capacity), isAccepting || !clients.isEmpty ? -1 : Self.pause)
      if count == 0 { setAccepting(true) }
      for index in 0..<max(0, count) {
        let descriptor = Int32(truncatingIfNeeded: CLinux_event_data(events, index))
        if descriptor == stop {
          isStopped = true
        } else if listeners[descriptor] != nil {
          accept(from: descriptor)
        } else {
          serve(descriptor, buffer)
        }
      }
    }
    return totals
  }

  private func add(_ descriptor: Int32) throws(ProbeFailure) {
    let result = CLinux_epoll_add(epoll, descriptor, EPOLLIN.rawValue, UInt64(UInt32(bitPattern: descriptor)))
    guard result >= 0 else { throw ProbeFailure("epoll_ctl", Errno(-result)) }
  }

  private func watch(_ descriptor: Int32, for events: UInt32) {
    _ = CLinux_epoll_modify(epoll, descriptor, events, UInt64(UInt32(bitPattern: descriptor)))
  }

  private func accept(from listener: Int32) {
    while isAccepting {
      let client = CLinux_accept(listener)
      switch -client {
      case EMFILE, ENFILE, ENOBUFS, ENOMEM:
        setAccepting(false)
      case ...0:
        if clients.count >= limit, let idle = clients.min(by: { $0.value.lastActivity < $1.value.lastActivity }) {
          drop(idle.key)
        }
        guard (try? add(client)) != nil else {
          close(client)
          return
        }
        activity += 1
        clients[client] = Client(lastActivity: activity)
        totals.clients += 1
      // The client is gone already, or a signal came: go on with the next one.
      case ECONNABORTED, EINTR: continue
      default: return
      }
    }
  }

  private func setAccepting(_ accepting: Bool) {
    isAccepting = accepting
    for listener in listeners.keys { watch(listener, for: accepting ? EPOLLIN.rawValue : 0) }
  }

  private func serve(_ client: Int32, _ buffer: UnsafeMutableRawBufferPointer) {
    guard let pending = clients[client]?.pending else { return }
    activity += 1
    clients[client]?.lastActivity = activity
    if !pending.isEmpty {
      pending.withUnsafeBytes { send($0, to: client) }
      return
    }
    // Only what can be sent back at once is read, so a client that floods and never reads costs no memory.
    guard hasRoom(client) else {
      setInterest(EPOLLOUT.rawValue, of: client)
      return
    }
    setInterest(EPOLLIN.rawValue, of: client)
    let count = CLinux_receive(client, buffer.baseAddress, buffer.count)
    switch count {
    case 1...: send(UnsafeRawBufferPointer(rebasing: buffer[..<count]), to: client)
    case -Int(EAGAIN), -Int(EINTR): return
    default: drop(client)
    }
  }

  private func setInterest(_ interest: UInt32, of client: Int32) {
    guard clients[client]?.interest != interest else { return }
    clients[client]?.interest = interest
    watch(client, for: interest)
  }

  private func hasRoom(_ client: Int32) -> Bool {
    var descriptor = pollfd(fd: client, events: Int16(POLLOUT), revents: 0)
    // An error or a hang-up shows when the client is read.
    return poll(&descriptor, 1, 0) != 0
  }

  private func send(_ bytes: UnsafeRawBufferPointer, to client: Int32) {
    let result = CLinux_send(client, bytes.baseAddress, bytes.count)
    guard result >= 0 || result == -Int(EAGAIN) || result == -Int(EINTR) else {
      drop(client)
      return
    }
    let sent = max(0, result)
    totals.bytes += sent
    clients[client]?.pending = sent == bytes.count ? [] : Array(UnsafeRawBufferPointer(rebasing: bytes[sent...]))
    setInterest(sent < bytes.count ? EPOLLOUT.rawValue : EPOLLIN.rawValue, of: client)
  }

  private func drop(_ client: Int32) {
    clients[client] = nil
    close(client)
    if !isAccepting { setAccepting(true) }
  }
}

/// A listening socket of the echo server.
private final class ProbeListener {
  let socket: ProbeSocket
  let address: String

  /// `ownFamilyOnly` keeps an IPv6 listener from using the port of IPv4, which another listener uses.
  init(_ address: SocketAddress, _ transport: Int32, ownFamilyOnly: Bool) throws(ProbeFailure) {
    let socket = try ProbeSocket(address.family, transport)
    // A restarted server gets its port at once.
    try socket.turnOn(SO_REUSEADDR, of: SOL_SOCKET)
    // A lost echo is sent again within the time limit of a proof.
    CLinux_set_sctp_timeouts(socket.descriptor, 500, 200, 1000)
    if ownFamilyOnly, address.family == AF_INET6 { try socket.turnOn(IPV6_V6ONLY, of: Int32(IPPROTO_IPV6)) }
    try socket.bind(to: address)
    try socket.listen()
    self.address = "\(socket.local ?? address)"
    self.socket = socket
  }
}
