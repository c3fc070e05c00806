/// The bytes of one message. No other message has the same, so an echo is recognized for certain.
package enum EchoPayload {
  /// Returns the bytes of a seed.
  package static func bytes(_ count: Int, seed: UInt64) -> [UInt8] {
    // Knuth's MMIX generator, eight bytes a step.
    let words = sequence(first: seed) { $0 &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407 }
    return Array(words.prefix(count / 8 + 1)).withUnsafeBytes { Array($0.prefix(count)) }
  }

  /// Throws if the echo differs from what was sent.
  package static func check(_ received: [UInt8], _ sent: [UInt8]) throws(ProbeFailure) {
    guard received != sent else { return }
    let first = zip(received, sent).prefix { $0 == $1 }.count
    throw ProbeFailure(
      call: "compare", errno: 0,
      message: "byte \(first) of \(sent.count) came back changed; the peer is not an echo server, or a device on the "
        + "way damages data")
  }
}
