import CLinux
import Glibc
package import Reconcile

/// Sends back whatever each client sends, to many clients at once on one thread.
package final class EchoServer {
  /// What it did until it was stopped.
  package struct Totals: Hashable, Sendable {
    package internal(set) var clients = 0
    package internal(set) var bytes = 0
  }

  private static let bufferSize = 64 * 1024
  /// In milliseconds. Where descriptors are used up and none of them is a client's, nobody tells when there is room.
  private static let pause: Int32 = 1000

  /// Numeric, with the port that the kernel chose where none was asked for.
  package let addresses: [String]
  private let listeners: [Int32: ProbeListener]
  private let epoll: Int32
  private let stop: Int32
  /// By descriptor, what is still to be sent; a client is not read while it has something to take.
  private var clients: [Int32: [UInt8]] = [:]
  private var totals = Totals()
  /// False while descriptors are used up: the listeners are left alone until a client goes, or for a pause.
  private var isAccepting = true

  /// Listens on every address of the host's name. `stop` is a descriptor that becomes readable when `run` is to end;
  /// `transport` is the IP protocol number.
  package init(
    _ address: ProbeAddress, stop: Int32, transport: Int32 = Int32(IPPROTO_SCTP)
  ) throws(ProbeFailure) {
    var listeners: [ProbeListener] = []
    var failure: ProbeFailure?
    for socketAddress in try ProbeSocketAddress.resolve(address) {
      do throws(ProbeFailure) {
        listeners.append(try ProbeListener(socketAddress, transport, ownFamilyOnly: address.host.isEmpty))
      } catch {
        // `:PORT` stands for both families, and one of them may be off.
        failure = failure ?? error
      }
    }
    if listeners.isEmpty, let failure { throw failure }
    addresses = listeners.map(\.address)
    self.listeners = Dictionary(uniqueKeysWithValues: listeners.map { ($0.socket.descriptor, $0) })
    self.stop = stop
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
        guard (try? add(client)) != nil else {
          close(client)
          return
        }
        clients[client] = []
        totals.clients += 1
      // A client that is gone already, or a signal: the next one.
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
    guard let pending = clients[client] else { return }
    if !pending.isEmpty {
      pending.withUnsafeBytes { send($0, to: client) }
      return
    }
    let count = CLinux_receive(client, buffer.baseAddress, buffer.count)
    switch count {
    case 1...: send(UnsafeRawBufferPointer(rebasing: buffer[..<count]), to: client)
    case -Int(EAGAIN), -Int(EINTR): return
    default: drop(client)
    }
  }

  private func send(_ bytes: UnsafeRawBufferPointer, to client: Int32) {
    let result = CLinux_send(client, bytes.baseAddress, bytes.count)
    guard result >= 0 || result == -Int(EAGAIN) || result == -Int(EINTR) else {
      drop(client)
      return
    }
    let sent = max(0, result)
    let hadPending = clients[client]?.isEmpty == false
    totals.bytes += sent
    clients[client] = sent == bytes.count ? [] : Array(UnsafeRawBufferPointer(rebasing: bytes[sent...]))
    let hasPending = sent < bytes.count
    if hasPending != hadPending { watch(client, for: hasPending ? EPOLLOUT.rawValue : EPOLLIN.rawValue) }
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

  /// `ownFamilyOnly`: of IPv6, to leave the port of IPv4 to another listener.
  init(_ address: ProbeSocketAddress, _ transport: Int32, ownFamilyOnly: Bool) throws(ProbeFailure) {
    let socket = try ProbeSocket(address.family, transport)
    // A server that is started again gets its port at once.
    try socket.turnOn(SO_REUSEADDR, of: SOL_SOCKET)
    if ownFamilyOnly, address.family == AF_INET6 { try socket.turnOn(IPV6_V6ONLY, of: Int32(IPPROTO_IPV6)) }
    try socket.bind(to: address)
    try socket.listen()
    self.address = "\(socket.local ?? address)"
    self.socket = socket
  }
}
