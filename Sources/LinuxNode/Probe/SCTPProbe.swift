import Glibc
import Linux
import NodeAgent
package import Reconcile

/// Associations of this host with itself.
package struct SCTPProbe: ProtocolProbe {
  /// Longer than a lost packet's first retransmission (RFC 9260 section 16: RTO.Initial is 1 s), short for the loop.
  private static let limit = Duration.seconds(2)

  private let transport: Int32
  private let interruption: Int32?

  /// - Parameters:
  ///   - transport: the IP protocol number; a test on a kernel without SCTP uses TCP.
  ///   - interruption: a descriptor that becomes readable when a probe under way is to be given up.
  package init(transport: Int32 = Int32(IPPROTO_SCTP), interruption: Int32? = nil) {
    self.transport = transport
    self.interruption = interruption
  }

  package func loopback(_ family: AddressFamily) -> Result<ProbeTime, ProbeFailure> {
    do throws(ProbeFailure) {
      return .success(try exchange(family, by: Deadline(after: Self.limit, orReadable: interruption)))
    } catch {
      return .failure(error)
    }
  }

  private func exchange(_ family: AddressFamily, by deadline: Deadline) throws(ProbeFailure) -> ProbeTime {
    let address = SocketAddress.loopback(family)
    let listener = try ProbeSocket(address.family, transport)
    try listener.bind(to: address)
    try listener.listen()
    guard let bound = listener.local else { throw ProbeFailure("getsockname", Errno.last) }

    let client = try ProbeSocket(address.family, transport)
    try client.bind(to: address)
    let begin = ContinuousClock.now
    try client.connect(to: bound, by: deadline)
    let server = try listener.accept(by: deadline)
    let question = EchoPayload.bytes(64, seed: UInt64.random(in: .min ... .max))
    try client.send(question, by: deadline)
    try EchoPayload.check(try server.receive(question.count, by: deadline), question)
    let answer = Array(question.reversed())
    try server.send(answer, by: deadline)
    try EchoPayload.check(try client.receive(answer.count, by: deadline), answer)
    return ProbeTime(seconds: begin.duration(to: .now).inSeconds)
  }
}
