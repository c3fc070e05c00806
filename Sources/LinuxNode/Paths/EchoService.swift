import Glibc
package import Linux
package import Reconcile
import Synchronization

/// Serves the echo of other agents' proofs on the thread that calls `run`, for as long as SCTP is loaded.
package final class EchoService: Sendable {
  /// The largest number of associations at one time. The proofs of other agents last milliseconds.
  package static let limit = 256
  private static let firstPause = Duration.seconds(1)
  private static let longestPause = Duration.seconds(30)

  private struct State {
    var isLoaded = false
    var isStopped = false
    var failure: String?
  }

  private let address: ProbeAddress
  private let transport: Int32
  private let announce: EventDescriptor
  private let wake: EventDescriptor
  private let state = Mutex(State())

  /// - Parameters:
  ///   - announce: signalled when `failure` has changed.
  ///   - transport: the IP protocol number; a test on a kernel without SCTP uses TCP.
  package init(
    _ address: ProbeAddress, announce: EventDescriptor, transport: Int32 = Int32(IPPROTO_SCTP)
  ) throws(Errno) {
    self.address = address
    self.announce = announce
    self.transport = transport
    wake = try EventDescriptor()
  }

  /// The reason why it does not listen although SCTP is loaded; nil if it listens, or if SCTP is not loaded.
  package var failure: String? { state.withLock(\.failure) }

  package func allow(_ isLoaded: Bool) {
    let isNew = state.withLock { state in
      defer { state.isLoaded = isLoaded }
      return state.isLoaded != isLoaded
    }
    if isNew { wake.signal() }
  }

  package func stop() {
    state.withLock { $0.isStopped = true }
    wake.signal()
  }

  /// Listens until it is stopped, and retries if it cannot listen.
  package func run() {
    var pause = Self.firstPause
    while !state.withLock(\.isStopped) {
      guard state.withLock(\.isLoaded) else {
        say(nil)
        wake.wait(atMost: nil)
        continue
      }
      do throws(ProbeFailure) {
        let server = try EchoServer(address, stop: wake.descriptor, limit: Self.limit, transport: transport)
        say(nil)
        pause = Self.firstPause
        _ = server.run()
        wake.drain()
      } catch {
        say("the echo server does not listen on \(address): \(error.call): \(error.message)")
        wake.wait(atMost: pause)
        pause = min(pause * 2, Self.longestPause)
      }
    }
  }

  private func say(_ failure: String?) {
    let isNew = state.withLock { state in
      defer { state.failure = failure }
      return state.failure != failure
    }
    if isNew { announce.signal() }
  }
}
