import CLinux
import Glibc
import Linux
import Synchronization

/// The client's side of HTTP: one GET request to each of any number of agents, under one deadline.
package enum StatusClient {
  /// The answer of one agent, whatever its status code.
  package struct Answer: Hashable, Sendable {
    package let status: Int
    package let content: [UInt8]
  }

  /// Asks one agent.
  ///
  /// - Parameters:
  ///   - address: where the agent listens.
  ///   - path: the absolute path, with its query.
  ///   - time: the limit for everything: resolving the name, connecting, asking and the whole answer.
  /// - Throws: if no complete HTTP answer arrives in time.
  package static func get(
    _ path: String, from address: ListenAddress, within time: Duration = .seconds(5)
  ) throws(SocketFailure) -> Answer {
    let deadline = ContinuousClock.now + time
    guard let target = try AgentAddress.all(of: address, within: time).first else {
      throw SocketFailure("connect to \(address)", reason: "the name has no address")
    }
    var request = ClientRequest(path, to: target, deadline: deadline)
    while true {
      if let result = request.result { return try result.get() }
      wait(for: [request], until: deadline)
      request.advance()
    }
  }

  /// Asks many agents and hands over each answer as it arrives.
  ///
  /// - Parameters:
  ///   - targets: the agents to ask.
  ///   - path: the path that is asked for, with its query.
  ///   - limit: the number of requests at one time.
  ///   - time: the limit for each request.
  ///   - body: receives the position in `targets` and the answer, or why there is none.
  package static func get(
    _ path: String, from targets: [AgentAddress], atOnce limit: Int = 64, within time: Duration = .seconds(5),
    _ body: (Int, Result<Answer, SocketFailure>) -> Void
  ) {
    var open: [(index: Int, request: ClientRequest)] = []
    var next = 0
    while next < targets.count || !open.isEmpty {
      while open.count < max(1, limit), next < targets.count {
        open.append((next, ClientRequest(path, to: targets[next], deadline: .now + time)))
        next += 1
      }
      for (index, request) in open { if let result = request.result { body(index, result) } }
      open.removeAll { $0.request.result != nil }
      guard let deadline = open.map(\.request.deadline).min() else { continue }
      if open.count == limit || next == targets.count { wait(for: open.map(\.request), until: deadline) }
      for position in open.indices { open[position].request.advance() }
    }
  }

  /// Blocks until one of the requests can go on, or until the deadline.
  private static func wait(for requests: [ClientRequest], until deadline: ContinuousClock.Instant) {
    var descriptors = requests.map { pollfd(fd: $0.descriptor, events: $0.awaitedEvents, revents: 0) }
    _ = try? Syscall.poll(&descriptors) { deadline - .now }
  }
}
