import CLinux
import Glibc
package import Linux
package import NodeAgent
package import Reconcile

/// The network of this host's kernel: non-blocking one-to-one sockets (sctp(7), RFC 6458) under one epoll(7).
package final class KernelPathNetwork: PathNetwork {
  private static let capacity = 64
  private static let bufferSize = 64 * 1024

  private let epoll: Int32
  private let interruption: EventDescriptor
  private let lookups: NameLookups
  private let transport: Int32
  private let own: () -> Set<String>
  private let events: UnsafeMutablePointer<epoll_event>
  private let buffer: UnsafeMutableRawBufferPointer
  private let start = ContinuousClock.now
  private var associations: [Int32: Association] = [:]

  /// Throws if the process may open no more files.
  ///
  /// - Parameters:
  ///   - interruption: signalled by another thread to end a wait.
  ///   - transport: the IP protocol number; a test on a kernel without SCTP uses TCP.
  package convenience init(
    interruption: EventDescriptor, transport: Int32 = Int32(IPPROTO_SCTP)
  ) throws(ProbeFailure) {
    try self.init(
      interruption: interruption, lookups: NameLookups(answered: interruption), transport: transport,
      own: InterfaceAddresses.all)
  }

  /// Throws if the process may open no more files.
  ///
  /// - Parameters:
  ///   - interruption: signalled also by `lookups`.
  ///   - own: returns the addresses of this host.
  init(
    interruption: EventDescriptor, lookups: NameLookups, transport: Int32, own: @escaping () -> Set<String>
  ) throws(ProbeFailure) {
    self.interruption = interruption
    self.lookups = lookups
    self.transport = transport
    self.own = own
    events = .allocate(capacity: Self.capacity)
    buffer = .allocate(byteCount: Self.bufferSize, alignment: 16)
    epoll = CLinux_epoll_create()
    guard epoll >= 0 else { throw ProbeFailure("epoll_create", Errno(-epoll)) }
    try watch(interruption.descriptor)
  }

  deinit {
    if epoll >= 0 { Glibc.close(epoll) }
    events.deallocate()
    buffer.deallocate()
  }

  package var now: Duration { start.duration(to: .now) }

  package var timestamp: Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
  }

  package func ownAddresses() -> Set<String> { own() }

  package func resolve(_ target: ProbeAddress) { lookups.begin(target) }

  package func giveUp(on target: ProbeAddress) -> Result<[String], ProbeFailure>? { lookups.giveUp(on: target) }

  package func open(_ address: String, port: UInt16) throws(ProbeFailure) -> PathSocket {
    let peer = try SocketAddress.numeric(address, port: port)
    let socket = try ProbeSocket(peer.family, transport)
    // With these timeouts, a lost packet is sent again within the time limit. The kernel's first timeout is as long as
    // the limit.
    CLinux_set_sctp_timeouts(socket.descriptor, 500, 200, 1000)
    // With one source address, the association has one path, so no other path hides a loss.
    if let source = try SocketAddress.source(towards: peer) { try socket.bind(to: source) }
    try socket.beginConnecting(to: peer)
    try watch(socket.descriptor, for: EPOLLIN.rawValue | EPOLLOUT.rawValue)
    let descriptor = socket.descriptor
    associations[descriptor] = Association(socket)
    return PathSocket(descriptor: descriptor)
  }

  package func isConnected(_ socket: PathSocket) throws(ProbeFailure) -> Bool {
    guard let association = associations[socket.descriptor] else { return false }
    // Once the association is up, a stored ICMP error belongs to a packet that was sent again.
    guard association.socket.hasPeer else {
      if let error = association.socket.takeError() { throw ProbeFailure("connect", error) }
      return false
    }
    awaitRoom(socket, false)
    return true
  }

  package func send(_ bytes: ArraySlice<UInt8>, on socket: PathSocket) throws(ProbeFailure) -> Int {
    let result = bytes.withUnsafeBytes { CLinux_send(socket.descriptor, $0.baseAddress, $0.count) }
    guard result >= 0 || result == -Int(EAGAIN) || result == -Int(EINTR) else {
      throw ProbeFailure("send", Errno(Int32(-result)))
    }
    let sent = max(0, result)
    awaitRoom(socket, sent < bytes.count)
    return sent
  }

  package func receive(on socket: PathSocket) throws(ProbeFailure) -> [UInt8] {
    let count = CLinux_receive(socket.descriptor, buffer.baseAddress, buffer.count)
    switch count {
    case 1...: return Array(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    case 0: throw ProbeFailure("receive", Errno(ECONNRESET))
    case -Int(EAGAIN), -Int(EINTR): return []
    default: throw ProbeFailure("receive", Errno(Int32(-count)))
    }
  }

  package func rejection(of socket: PathSocket) -> ProbeFailure? {
    // There is no explanation, because a router's answer does not say whether a program listens at the peer.
    associations[socket.descriptor]?.socket.takeError().map {
      ProbeFailure(call: "connect", errno: $0.rawValue, message: "\($0)")
    }
  }

  package func close(_ socket: PathSocket, gracefully: Bool) {
    guard let association = associations.removeValue(forKey: socket.descriptor) else { return }
    if !gracefully { association.socket.abortOnClose() }
  }

  package func wait(until deadline: Duration) -> [PathEvent] {
    let count = CLinux_epoll_wait(epoll, events, Int32(Self.capacity), max(.zero, deadline - now).pollMilliseconds)
    var news: [PathEvent] = []
    for index in 0..<max(0, count) {
      let descriptor = Int32(truncatingIfNeeded: CLinux_event_data(events, index))
      if descriptor == interruption.descriptor {
        interruption.drain()
        news.append(.interrupted)
        news += lookups.takeAnswers().map { .resolved($0.target, $0.answer) }
      } else {
        news.append(.ready(PathSocket(descriptor: descriptor)))
      }
    }
    return news
  }

  /// Watches a socket for received data, and for room only while some data could not be sent.
  private func awaitRoom(_ socket: PathSocket, _ awaits: Bool) {
    guard let association = associations[socket.descriptor], association.awaitsRoom != awaits else { return }
    association.awaitsRoom = awaits
    let interest = EPOLLIN.rawValue | (awaits ? EPOLLOUT.rawValue : 0)
    _ = CLinux_epoll_modify(epoll, socket.descriptor, interest, UInt64(UInt32(bitPattern: socket.descriptor)))
  }

  private func watch(_ descriptor: Int32, for interest: UInt32 = EPOLLIN.rawValue) throws(ProbeFailure) {
    let result = CLinux_epoll_add(epoll, descriptor, interest, UInt64(UInt32(bitPattern: descriptor)))
    guard result >= 0 else { throw ProbeFailure("epoll_ctl", Errno(-result)) }
  }

  /// Owns a socket, because a dictionary cannot hold a noncopyable value.
  private final class Association {
    let socket: ProbeSocket
    var awaitsRoom = true

    init(_ socket: consuming ProbeSocket) { self.socket = socket }
  }
}

extension ProbeSocket {
  /// Starts an association. The socket becomes writable when the attempt has ended.
  fileprivate func beginConnecting(to address: SocketAddress) throws(ProbeFailure) {
    let result = address.withPointer { Syscall.raw(Glibc.connect(descriptor, $0, $1)) }
    guard result >= 0 || result == -Int(EINPROGRESS) || result == -Int(EINTR) else {
      throw ProbeFailure("connect", Errno(Int32(-result)))
    }
  }

  /// Returns the socket's pending error and clears it; nil if there is none. It can be an ICMP error that has not ended
  /// the association: socket(7), SO_ERROR.
  fileprivate func takeError() -> Errno? {
    var error: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    guard getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size) == 0 else { return Errno.last }
    return error == 0 ? nil : Errno(error)
  }

  fileprivate var hasPeer: Bool { SocketAddress { getpeername(descriptor, $0, $1) } != nil }

  /// Makes close(2) abort the association: RFC 6458 section 8.1.4.
  fileprivate func abortOnClose() {
    var option = linger(l_onoff: 1, l_linger: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
  }
}
