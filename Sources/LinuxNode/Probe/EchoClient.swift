import Glibc
import Linux
package import Reconcile

/// Sends messages to an echo server over one association and checks what comes back.
package struct EchoClient {
  /// The result of an association.
  package struct Outcome: Sendable {
    /// The numeric address; nil if there was no association.
    package internal(set) var peer: String?
    package internal(set) var local: String?
    /// How long the association took to come up.
    package internal(set) var connectSeconds: Double?
    /// How long each message that came back unchanged took, in order.
    package internal(set) var seconds: [Double] = []
    /// The reason why the client stopped early; nil if every message came back.
    package internal(set) var failure: ProbeFailure?
  }

  private let count: Int
  private let size: Int
  private let source: ProbeAddress?
  private let timeout: Duration
  private let transport: Int32

  /// Makes a client that waits at most `timeout` for each step. `transport` is the IP protocol number.
  package init(
    count: Int, size: Int, source: ProbeAddress?, timeout: Duration, transport: Int32 = Int32(IPPROTO_SCTP)
  ) {
    self.count = count
    self.size = size
    self.source = source
    self.timeout = timeout
    self.transport = transport
  }

  /// The pause between two attempts.
  private static let pause: UInt32 = 500_000

  /// Retries for this long, until the first message has come back.
  package func run(
    _ peer: ProbeAddress, retryingFor limit: Duration, echoed: (Int) -> Void = { _ in }
  ) -> Outcome {
    let deadline = Deadline(after: limit)
    var outcome = run(peer, echoed: echoed)
    while let failure = outcome.failure, failure.call != "compare", outcome.seconds.isEmpty, deadline.remaining > .zero
    {
      usleep(Self.pause)
      outcome = run(peer, echoed: echoed)
    }
    return outcome
  }

  /// Tries each of the peer's addresses until one accepts the association. Calls `echoed` with the number of messages
  /// that have come back.
  package func run(_ peer: ProbeAddress, echoed: (Int) -> Void = { _ in }) -> Outcome {
    var outcome = Outcome()
    do throws(ProbeFailure) {
      for address in try SocketAddress.resolve(peer) {
        outcome = exchange(with: address, echoed)
        if outcome.peer != nil { break }
      }
    } catch {
      outcome.failure = error
    }
    return outcome
  }

  private func exchange(with address: SocketAddress, _ echoed: (Int) -> Void) -> Outcome {
    var outcome = Outcome()
    do throws(ProbeFailure) {
      let socket = try ProbeSocket(address.family, transport)
      if let source {
        let sources = try SocketAddress.resolve(source)
        guard let own = sources.first(where: { $0.family == address.family }) else {
          throw ProbeFailure(
            call: "bind", errno: EAFNOSUPPORT,
            message: "the source '\(source.host)' and the peer \(address) are not both IPv4 or both IPv6")
        }
        try socket.bind(to: own)
      }
      var begin = ContinuousClock.now
      try socket.connect(to: address, by: Deadline(after: timeout))
      outcome.connectSeconds = begin.duration(to: .now).inSeconds
      outcome.peer = "\(address)"
      outcome.local = socket.local.map { "\($0)" }
      for number in 0..<count {
        let message = EchoPayload.bytes(size, seed: UInt64(number) ^ .random(in: .min ... .max))
        let deadline = Deadline(after: timeout)
        begin = .now
        try socket.send(message, by: deadline)
        try EchoPayload.check(try socket.receive(size, by: deadline), message)
        outcome.seconds.append(begin.duration(to: .now).inSeconds)
        echoed(number + 1)
      }
    } catch {
      outcome.failure = error
    }
    return outcome
  }
}
