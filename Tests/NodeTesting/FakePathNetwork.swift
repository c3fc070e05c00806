package import NodeAgent
package import Reconcile

/// A network in memory whose time passes only while somebody waits.
package final class FakePathNetwork: PathNetwork {
  /// What an address does with an association.
  package enum Peer: Hashable, Sendable {
    /// Echoes each message after so many milliseconds.
    case echoes(Int)
    /// Echoes in pieces of so many bytes.
    case echoesPieces(Int)
    /// Nothing comes back, as where protocol 132 is dropped.
    case silent
    /// The association is aborted at once.
    case refuses
    /// Nothing comes back but an ICMP error, which the kernel keeps.
    case rejects
    /// The kernel has no route.
    case hasNoRoute
    /// This node may not open the socket.
    case isDenied
    /// Messages of more than 1500 bytes are lost.
    case losesLarge
    /// One byte of each message is changed.
    case corrupts
    /// Each message is followed by bytes without an end.
    case floods
    /// Takes the association and reads nothing.
    case neverReads
    /// Takes the association and ends it.
    case hangsUp
  }

  /// What a name server does with a name.
  package enum Name: Sendable {
    case addresses([String], afterMilliseconds: Int)
    case unknown
    case neverAnswered
  }

  private struct Association {
    let peer: Peer
    var isConnected = false
    var isRead = false
    var arrived: [UInt8] = []
  }

  private enum Cause {
    case resolved(ProbeAddress, Result<[String], ProbeFailure>)
    case connected(Int32)
    case arrives(Int32, [UInt8])
    case ends(Int32)
    case interrupted
  }

  package private(set) var now = Duration.seconds(1000)
  package var timestamp: Timestamp { Timestamp(milliseconds: 1_790_000_000_000 + Int64(now / .milliseconds(1))) }
  package var own: Set<String> = []
  package var peers: [String: Peer]
  package var names: [String: Name]
  /// How many bytes the kernel takes at a time.
  package var room = Int.max
  package private(set) var mostAtOnce = 0
  package private(set) var opened: [String] = []
  package private(set) var gracefulEnds = 0
  package var openSockets: Int { associations.count }

  private var associations: [Int32: Association] = [:]
  private var ended: Set<Int32> = []
  private var awaited: Set<ProbeAddress> = []
  private var late: [ProbeAddress: Result<[String], ProbeFailure>] = [:]
  private var nextDescriptor: Int32 = 3
  private var pending: [(at: Duration, cause: Cause)] = []

  package init(peers: [String: Peer] = [:], names: [String: Name] = [:]) {
    self.peers = peers
    self.names = names
  }

  /// Interrupts whoever waits, after so many milliseconds.
  package func interrupt(afterMilliseconds delay: Int) { later(delay, .interrupted) }

  package func ownAddresses() -> Set<String> { own }

  package func giveUp(on target: ProbeAddress) -> Result<[String], ProbeFailure>? {
    awaited.remove(target)
    return late.removeValue(forKey: target)
  }

  package func resolve(_ target: ProbeAddress) {
    awaited.insert(target)
    switch names[target.host] ?? .unknown {
    case .addresses(let addresses, let delay): later(delay, .resolved(target, .success(addresses)))
    case .unknown:
      later(
        1,
        .resolved(
          target, .failure(ProbeFailure(call: "getaddrinfo", errno: 0, message: "'\(target.host)' has no address"))))
    case .neverAnswered: break
    }
  }

  package func open(_ address: String, port: UInt16) throws(ProbeFailure) -> PathSocket {
    opened.append(address)
    let peer = peers[address] ?? .silent
    if peer == .hasNoRoute { throw ProbeFailure(call: "connect", errno: 101, message: "no route") }
    if peer == .isDenied { throw ProbeFailure(call: "socket", errno: 1, message: "not permitted") }
    let descriptor = nextDescriptor
    nextDescriptor += 1
    associations[descriptor] = Association(peer: peer)
    mostAtOnce = max(mostAtOnce, associations.count)
    switch peer {
    case .silent, .rejects: break
    default: later(1, .connected(descriptor))
    }
    return PathSocket(descriptor: descriptor)
  }

  package func isConnected(_ socket: PathSocket) throws(ProbeFailure) -> Bool {
    guard let association = associations[socket.descriptor] else { return false }
    if association.peer == .refuses, association.isRead {
      throw ProbeFailure(call: "connect", errno: 111, message: "refused")
    }
    return association.isConnected
  }

  package func send(_ bytes: ArraySlice<UInt8>, on socket: PathSocket) throws(ProbeFailure) -> Int {
    guard let association = associations[socket.descriptor] else { return 0 }
    let taken = bytes.prefix(room)
    if taken.count < bytes.count { later(1, .arrives(socket.descriptor, [])) }
    echo(Array(taken), of: association.peer, on: socket.descriptor)
    return taken.count
  }

  private func echo(_ bytes: [UInt8], of peer: Peer, on descriptor: Int32) {
    switch peer {
    case .echoes(let delay): later(delay, .arrives(descriptor, bytes))
    case .echoesPieces(let size):
      for start in stride(from: 0, to: bytes.count, by: size) {
        later(start / size, .arrives(descriptor, Array(bytes[start..<min(start + size, bytes.count)])))
      }
    case .losesLarge: if bytes.count <= 1500 { later(1, .arrives(descriptor, bytes)) }
    case .corrupts: later(1, .arrives(descriptor, bytes.dropLast() + [bytes[bytes.count - 1] ^ 1]))
    case .floods: later(1, .arrives(descriptor, bytes + [UInt8](repeating: 0, count: 65536)))
    case .hangsUp: later(1, .ends(descriptor))
    default: break
    }
  }

  package func receive(on socket: PathSocket) throws(ProbeFailure) -> [UInt8] {
    let bytes = associations[socket.descriptor]?.arrived ?? []
    associations[socket.descriptor]?.arrived = []
    if bytes.isEmpty, ended.contains(socket.descriptor) {
      throw ProbeFailure(call: "receive", errno: 104, message: "the peer ended the association")
    }
    return bytes
  }

  package func rejection(of socket: PathSocket) -> ProbeFailure? {
    associations[socket.descriptor]?.peer == .rejects
      ? ProbeFailure(call: "connect", errno: 113, message: "no route to host") : nil
  }

  package func close(_ socket: PathSocket, gracefully: Bool) {
    associations[socket.descriptor] = nil
    if gracefully { gracefulEnds += 1 }
  }

  package func wait(until deadline: Duration) -> [PathEvent] {
    pending.sort { $0.at < $1.at }
    var events: [PathEvent] = []
    while events.isEmpty, let first = pending.first, first.at <= deadline {
      now = max(now, first.at)
      while let next = pending.first, next.at <= now {
        pending.removeFirst()
        if let event = event(of: next.cause) { events.append(event) }
      }
    }
    if events.isEmpty { now = max(now, deadline) }
    return events
  }

  private func event(of cause: Cause) -> PathEvent? {
    switch cause {
    case .interrupted: return .interrupted
    case .resolved(let target, let result):
      if awaited.remove(target) != nil { return .resolved(target, result) }
      late[target] = result
      return nil
    case .connected(let descriptor):
      associations[descriptor]?.isConnected = true
      associations[descriptor]?.isRead = true
      return associations[descriptor].map { _ in .ready(PathSocket(descriptor: descriptor)) }
    case .arrives(let descriptor, let bytes):
      associations[descriptor]?.arrived += bytes
      return associations[descriptor].map { _ in .ready(PathSocket(descriptor: descriptor)) }
    case .ends(let descriptor):
      ended.insert(descriptor)
      return associations[descriptor].map { _ in .ready(PathSocket(descriptor: descriptor)) }
    }
  }

  private func later(_ milliseconds: Int, _ cause: Cause) { pending.append((now + .milliseconds(milliseconds), cause)) }
}
