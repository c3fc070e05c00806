/// One proof of one path as its events come in: an association, a small echo, a large one.
///
/// Knows no socket and no clock. The caller gives it what happened and at which monotonic time, and asks it what is
/// still to be sent and when it gives up.
package struct PathProof: Sendable {
  /// What came of a proof.
  package enum Result: Hashable, Sendable {
    case proved(seconds: Double)
    case failed(PathReason, message: String)
  }

  private enum Phase { case connecting, small, large }

  /// How long the association and the small echo may take together, and then the large echo.
  package static let timeout = Duration.seconds(3)
  /// In bytes.
  package static let smallSize = 64
  /// In bytes: several packets of the usual MTU, and with jumbo frames one that is nearly full.
  package static let largeSize = 8192

  /// The outcome; nil while the proof is under way.
  package private(set) var result: Result?
  /// What the peer has not been sent yet of the message under way.
  package private(set) var unsent: ArraySlice<UInt8> = []
  /// When the proof gives up.
  package private(set) var deadline: Duration
  private var phase = Phase.connecting
  private let began: Duration
  private let small: [UInt8]
  private let large: [UInt8]
  /// What has to come back of the message under way.
  private var awaited: ArraySlice<UInt8> = []

  /// - Parameters:
  ///   - large: the second message, longer than the MTU of a path.
  ///   - began: when the association was asked for.
  ///   - small: bytes that no other message has; `large` likewise.
  package init(began: Duration, small: [UInt8], large: [UInt8]) {
    self.began = began
    self.small = small
    self.large = large
    deadline = began + Self.timeout
  }

  /// Whether the association is not up yet.
  package var isConnecting: Bool { phase == .connecting }

  /// The association is up.
  package mutating func connected() {
    guard phase == .connecting, result == nil else { return }
    phase = .small
    unsent = small[...]
    awaited = small[...]
  }

  /// The kernel took this many of the unsent bytes.
  package mutating func sent(_ count: Int) { unsent = unsent.dropFirst(count) }

  /// Bytes came in. What comes behind the echo of the large message is not looked at.
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

  /// A call on the socket failed, or the peer ended the association.
  package mutating func failed(_ failure: ProbeFailure) {
    guard result == nil else { return }
    let words = "\(failure.call): \(failure.message)"
    switch phase {
    case .connecting, .small: result = .failed(PathReason(failure), message: words)
    case .large: result = .failed(.largeMessageLost, message: Self.lost + " (\(words))")
    }
  }

  /// The deadline has passed.
  ///
  /// - Parameter rejection: an ICMP error that came meanwhile, which the kernel only keeps: RFC 9260 section 10 has an
  ///   endpoint go on trying. nil: none came.
  package mutating func expired(rejection: ProbeFailure? = nil) {
    guard result == nil else { return }
    let seconds = Self.timeout.components.seconds
    switch phase {
    case .connecting:
      if let rejection {
        result = .failed(
          .unreachable,
          message: "a firewall or a router on the way rejects IP protocol 132 (\(rejection.message)); check the "
            + "security groups, the network policies and the rules of both nodes")
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
