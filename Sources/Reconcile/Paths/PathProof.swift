/// The state of one proof of one path: an association, a small echo, a large echo.
///
/// It uses no socket and no clock. The caller reports each event with its monotonic time, and asks what to send next
/// and when the proof times out.
package struct PathProof: Sendable {
  /// The outcome of a proof.
  package enum Result: Hashable, Sendable {
    case proved(seconds: Double)
    case failed(PathReason, message: String)
  }

  private enum Phase { case connecting, small, large }

  /// How long the association and the small echo may take together, and then the large echo.
  package static let timeout = Duration.seconds(3)
  /// The size of the small message in bytes.
  package static let smallSize = 64
  /// The size of the large message in bytes: several packets of the usual MTU, and with jumbo frames one that is nearly
  /// full.
  package static let largeSize = 8192

  /// The outcome; nil while the proof is under way.
  package private(set) var result: Result?
  /// The part of the current message that is not sent yet.
  package private(set) var unsent: ArraySlice<UInt8> = []
  /// When the proof times out.
  package private(set) var deadline: Duration
  private var phase = Phase.connecting
  private let began: Duration
  private let small: [UInt8]
  private let large: [UInt8]
  /// The part of the current message that has not come back yet.
  private var awaited: ArraySlice<UInt8> = []

  /// - Parameters:
  ///   - large: the second message, longer than the MTU of a path.
  ///   - began: when the association was started.
  ///   - small: bytes that no other message has, like those of `large`.
  package init(began: Duration, small: [UInt8], large: [UInt8]) {
    self.began = began
    self.small = small
    self.large = large
    deadline = began + Self.timeout
  }

  /// Whether the association is not up yet.
  package var isConnecting: Bool { phase == .connecting }

  /// Handles the start of the association.
  package mutating func connected() {
    guard phase == .connecting, result == nil else { return }
    phase = .small
    unsent = small[...]
    awaited = small[...]
  }

  /// Removes bytes that the kernel has accepted from the unsent ones.
  package mutating func sent(_ count: Int) { unsent = unsent.dropFirst(count) }

  /// Handles received bytes. Those after the echo of the large message are ignored.
  package mutating func received(_ bytes: [UInt8], at now: Duration) {
    guard result == nil, !bytes.isEmpty else { return }
    let expected = awaited.prefix(bytes.count)
    guard bytes.starts(with: expected), bytes.count == expected.count || phase == .large else {
      let size = phase == .small ? small.count : large.count
      let same = size - awaited.count + zip(bytes, expected).prefix { $0 == $1 }.count
      result = .failed(
        .corrupted,
        message: "byte \(same) of \(size) came back changed; the peer is not an echo server, or a device on the way "
          + "damages data")
      return
    }
    awaited = awaited.dropFirst(bytes.count)
    guard awaited.isEmpty else { return }
    switch phase {
    case .connecting: break
    case .small:
      phase = .large
      unsent = large[...]
      awaited = large[...]
      deadline = now + Self.timeout
    case .large: result = .proved(seconds: (now - began) / .seconds(1))
    }
  }

  /// Handles a failed call on the socket, and the end of the association by the peer.
  package mutating func failed(_ failure: ProbeFailure) {
    guard result == nil else { return }
    let words = "\(failure.call): \(failure.message)"
    switch phase {
    case .connecting, .small: result = .failed(PathReason(failure), message: words)
    case .large: result = .failed(.largeMessageLost, message: Self.lost + " (\(words))")
    }
  }

  /// Handles the end of the time limit.
  ///
  /// - Parameter rejection: an ICMP error that came meanwhile; nil if none came. The kernel only stores it, because an
  ///   endpoint goes on trying (RFC 9260 section 10).
  package mutating func expired(rejection: ProbeFailure? = nil) {
    guard result == nil else { return }
    let seconds = Self.timeout.components.seconds
    switch phase {
    case .connecting:
      if let rejection {
        result = .failed(
          .unreachable,
          message: "a firewall on the way rejects IP protocol 132, or a router has no route (\(rejection.message)); "
            + "check the rules of both nodes, the network policies and the security groups")
      } else {
        result = .failed(
          .noAnswer,
          message: "no answer within \(seconds) s: something on the way drops IP protocol 132; check the security "
            + "groups, the network policies and the network plugin")
      }
    case .small:
      result = .failed(
        .noAnswer,
        message: "the association came up, and \(small.count) bytes did not come back within \(seconds) s; the peer is "
          + "not an echo server, or something on the way drops the data")
    case .large: result = .failed(.largeMessageLost, message: Self.lost)
    }
  }

  private static let lost =
    "\(smallSize) bytes came back, \(largeSize) did not: packets of full size are lost; check the MTU of both nodes and "
    + "of the network plugin, and that ICMP \"fragmentation needed\" is let through"
}
