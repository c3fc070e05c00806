import Reconcile

/// Bytes that no other message has, so that what comes back is known to be the one that was sent.
enum EchoPayload {
  static func bytes(_ count: Int, seed: UInt64) -> [UInt8] {
    var state = seed
    return (0..<count).map { _ in
      // Knuth's MMIX generator; its high bits are the good ones.
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(truncatingIfNeeded: state >> 56)
    }
  }

  static func check(_ received: [UInt8], _ sent: [UInt8]) throws(ProbeFailure) {
    guard let first = zip(received, sent).enumerated().first(where: { $0.element.0 != $0.element.1 }) else { return }
    throw ProbeFailure(
      call: "compare", errno: 0,
      reason: "byte \(first.offset) of \(sent.count) came back changed; the peer is no echo server, or a device on the "
        + "way damages data")
  }
}
