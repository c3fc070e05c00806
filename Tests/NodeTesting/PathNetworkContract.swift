package import NodeAgent
package import Reconcile
import Testing

/// What every `PathNetwork` does. The one under test has an echo server and a port where nobody listens.
package struct PathNetworkContract {
  private let network: any PathNetwork
  private let echo: (address: String, port: UInt16)
  private let closed: (address: String, port: UInt16)

  package init(
    _ network: any PathNetwork, echo: (address: String, port: UInt16), closed: (address: String, port: UInt16)
  ) {
    self.network = network
    self.echo = echo
    self.closed = closed
  }

  /// Waits until the socket has news, at most 5 s.
  private func awaitNews(of socket: PathSocket) -> Bool {
    let deadline = network.now + .seconds(5)
    while network.now < deadline {
      for event in network.wait(until: deadline) {
        if case .ready(socket) = event { return true }
      }
    }
    return false
  }

  private func connected() throws -> PathSocket {
    let socket = try network.open(echo.address, port: echo.port)
    while try !network.isConnected(socket) { try #require(awaitNews(of: socket)) }
    return socket
  }

  package func aWaitWithoutNewsEndsAtItsDeadline() {
    let deadline = network.now + .milliseconds(30)
    while network.now < deadline { #expect(network.wait(until: deadline).isEmpty) }
  }

  package func whatIsSentComesBack() throws {
    let socket = try connected()
    let bytes = EchoPayload.bytes(PathProof.largeSize, seed: 7)
    var unsent = bytes[...]
    var received: [UInt8] = []
    while received.count < bytes.count {
      if !unsent.isEmpty { unsent = unsent.dropFirst(try network.send(unsent, on: socket)) }
      try #require(awaitNews(of: socket))
      received += try network.receive(on: socket)
    }
    #expect(received == bytes)
    #expect(try network.receive(on: socket).isEmpty)
    network.close(socket, gracefully: true)
  }

  package func nobodyListeningIsRefused() {
    do throws(ProbeFailure) {
      let socket = try network.open(closed.address, port: closed.port)
      while try !network.isConnected(socket) {
        guard awaitNews(of: socket) else {
          Issue.record("no news of the socket")
          return
        }
      }
      Issue.record("nobody listens")
    } catch {
      #expect(error.errno == 111, "\(error.message)")
    }
  }

  package func aClosedSocketHasNoMoreNews() throws {
    let socket = try connected()
    _ = try network.send(EchoPayload.bytes(64, seed: 1)[...], on: socket)
    network.close(socket, gracefully: false)
    let deadline = network.now + .milliseconds(50)
    while network.now < deadline {
      for case .ready(socket) in network.wait(until: deadline) { Issue.record("news of a closed socket") }
    }
  }

  /// - Parameters:
  ///   - known: a target whose host has the address of the echo server.
  ///   - unknown: one whose host has none.
  package func namesAreAnsweredByEvents(known: ProbeAddress, unknown: ProbeAddress) {
    for target in [known, unknown] { network.resolve(target) }
    var answers: [ProbeAddress: Result<[String], ProbeFailure>] = [:]
    let deadline = network.now + .seconds(20)
    while answers.count < 2, network.now < deadline {
      for case .resolved(let target, let result) in network.wait(until: deadline) { answers[target] = result }
    }
    #expect((try? answers[known]?.get()) == [echo.address])
    guard case .failure(let failure)? = answers[unknown] else {
      Issue.record("\(answers)")
      return
    }
    #expect(failure.message.contains(unknown.host))
  }
}
