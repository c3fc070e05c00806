import Testing

@testable import Reconcile

@Suite struct PathProofTests {
  private static let small = [UInt8](1...64)
  private static let large = (0..<8192).map { UInt8(truncatingIfNeeded: $0 &* 7) }

  private static func proof() -> PathProof { PathProof(began: .seconds(10), small: small, large: large) }

  /// A proof that waits for the echo of the large message since second 11.
  private static func halfway() -> PathProof {
    var proof = proof()
    proof.connected()
    proof.sent(small.count)
    proof.received(small, at: .seconds(11))
    return proof
  }

  private static func reason(_ proof: PathProof) -> PathReason? {
    switch proof.result {
    case .failed(let reason, _): reason
    case .proved: .proved
    case nil: nil
    }
  }

  private static func failure(_ errno: Int32) -> ProbeFailure {
    ProbeFailure(call: "connect", errno: errno, message: "r")
  }

  @Test func `both echoes prove the path and are timed`() {
    var proof = Self.proof()
    #expect(proof.unsent.isEmpty)
    proof.connected()
    #expect(Array(proof.unsent) == Self.small)
    proof.sent(64)
    #expect(proof.unsent.isEmpty && proof.result == nil)
    proof.received(Self.small, at: .seconds(11))
    #expect(Array(proof.unsent) == Self.large)
    proof.sent(8192)
    proof.received(Self.large, at: .milliseconds(11_500))
    #expect(proof.result == .proved(seconds: 1.5))
  }

  @Test(arguments: [1, 7, 64, 1500])
  func `an echo may come in pieces`(_ size: Int) {
    var proof = Self.proof()
    proof.connected()
    for start in stride(from: 0, to: 64, by: size) {
      proof.received(Array(Self.small[start..<min(start + size, 64)]), at: .seconds(11))
    }
    for start in stride(from: 0, to: 8192, by: size) {
      #expect(proof.result == nil)
      proof.received(Array(Self.large[start..<min(start + size, 8192)]), at: .seconds(12))
    }
    #expect(proof.result == .proved(seconds: 2))
  }

  @Test func `a part that was sent is not sent again`() {
    var proof = Self.proof()
    proof.connected()
    proof.sent(60)
    #expect(Array(proof.unsent) == [61, 62, 63, 64])
  }

  @Test func `a changed byte is corruption, and its place is said`() {
    var proof = Self.proof()
    proof.connected()
    proof.received(Array(Self.small.prefix(10)), at: .seconds(11))
    proof.received([11, 12, 0], at: .seconds(11))
    guard case .failed(.corrupted, let message) = proof.result else { return #expect(proof.result == nil) }
    #expect(message.hasPrefix("byte 12 of 64 came back changed"))
  }

  @Test func `a flood is corruption in either message, and what follows the last echo is ignored`() {
    var proof = Self.proof()
    proof.connected()
    proof.received(Self.small + [0], at: .seconds(11))
    #expect(Self.reason(proof) == .corrupted)
    proof = Self.halfway()
    proof.received([UInt8](repeating: 0, count: 65536), at: .seconds(11))
    #expect(Self.reason(proof) == .corrupted)
    proof = Self.halfway()
    proof.received(Self.large + [1, 2, 3], at: .seconds(12))
    #expect(proof.result == .proved(seconds: 2))
  }

  private static let numbers: [(Int32, PathReason)] = [
    (111, .refused), (92, .refused), (104, .refused), (32, .refused), (113, .unreachable), (101, .unreachable),
    (99, .unreachable), (110, .noAnswer), (0, .noAnswer), (1, .denied), (13, .denied), (24, .denied), (12, .denied),
  ]

  @Test(arguments: numbers)
  func `an error number before the small echo has its reason`(_ errno: Int32, _ reason: PathReason) {
    var proof = Self.proof()
    proof.failed(Self.failure(errno))
    #expect(Self.reason(proof) == reason)
    proof = Self.proof()
    proof.connected()
    proof.failed(Self.failure(errno))
    #expect(Self.reason(proof) == reason)
  }

  @Test(arguments: [(Int32(93), PathReason.denied), (94, .denied), (1, .denied), (13, .denied), (97, .unreachable)])
  func `a socket that this node does not open is no word of the peer's`(_ errno: Int32, _ reason: PathReason) {
    var proof = Self.proof()
    proof.failed(ProbeFailure(call: "socket", errno: errno, message: "r"))
    #expect(Self.reason(proof) == reason)
  }

  @Test(arguments: [(Int32(101), PathReason.unreachable), (113, .unreachable), (22, .unreachable), (13, .denied)])
  func `a route that this node does not have is unreachable, and one that it forbids is denied`(
    _ errno: Int32, _ reason: PathReason
  ) {
    var proof = Self.proof()
    proof.failed(ProbeFailure(call: "route", errno: errno, message: "r"))
    #expect(Self.reason(proof) == reason)
  }

  @Test func `after the small echo every failure but corruption is a lost large message`() {
    var proof = Self.halfway()
    proof.failed(Self.failure(104))
    #expect(Self.reason(proof) == .largeMessageLost)
    proof = Self.halfway()
    proof.expired()
    #expect(Self.reason(proof) == .largeMessageLost)
  }

  @Test func `silence is no answer, a kept ICMP error is a rejection`() {
    var proof = Self.proof()
    proof.expired()
    #expect(Self.reason(proof) == .noAnswer)
    proof = Self.proof()
    proof.expired(rejection: Self.failure(111))
    #expect(Self.reason(proof) == .unreachable)
    proof = Self.proof()
    proof.connected()
    proof.expired()
    #expect(Self.reason(proof) == .noAnswer)
  }

  @Test func `it gives up after 3 s, and after 3 s more where the small echo came at the last moment`() {
    #expect(Self.proof().deadline == .seconds(13))
    var proof = Self.proof()
    proof.connected()
    proof.received(Self.small, at: .seconds(13))
    #expect(proof.deadline == .seconds(16))
  }

  @Test func `what came of it stays`() {
    var proof = Self.proof()
    proof.failed(Self.failure(111))
    proof.connected()
    proof.expired()
    proof.received(Self.small, at: .seconds(11))
    #expect(Self.reason(proof) == .refused)
  }
}
