import Glibc
package import Linux
import NodeAgent
package import Reconcile
import Synchronization

/// Makes rounds of proofs, one after the other, on the thread that calls `run`.
package final class PathProver: Sendable {
  /// What is proved, and how often.
  package struct Settings: Sendable {
    package var targets: [ProbeAddress]
    /// The time from the beginning of one round to that of the next.
    package var interval: Duration
    /// The largest number of addresses of a target that are proved.
    package var limit: Int
    /// The name of this node.
    package var node: String
    /// The IP protocol number; a test on a kernel without SCTP uses TCP.
    package var transport: Int32

    package init(
      targets: [ProbeAddress], interval: Duration, limit: Int, node: String, transport: Int32 = Int32(IPPROTO_SCTP)
    ) {
      self.targets = targets
      self.interval = interval
      self.limit = limit
      self.node = node
      self.transport = transport
    }
  }

  private struct State {
    var isLoaded = false
    var isStopped = false
    var record = PathRecord.notProved(notLoaded)
  }

  private static let notLoaded = "paths are proved once sctp is loaded on this node"
  /// How long the thread waits after this node has refused a socket.
  private static let pause = Duration.seconds(10)

  private let settings: Settings
  private let announce: EventDescriptor
  private let wake: EventDescriptor
  private let state = Mutex(State())

  /// - Parameters:
  ///   - settings: what to prove, and how often.
  ///   - announce: signalled when there is a new record.
  package init(_ settings: Settings, announce: EventDescriptor) throws(Errno) {
    self.settings = settings
    self.announce = announce
    wake = try EventDescriptor()
  }

  package var record: PathRecord { state.withLock(\.record) }

  package func allow(_ isLoaded: Bool) {
    let isNew = state.withLock { state in
      guard state.isLoaded != isLoaded else { return false }
      state.isLoaded = isLoaded
      state.record = .notProved(isLoaded ? "the first round of proofs is not over" : Self.notLoaded)
      return true
    }
    if isNew { wake.signal() }
  }

  package func stop() {
    state.withLock { $0.isStopped = true }
    wake.signal()
  }

  /// Makes rounds until it is stopped.
  package func run() {
    var network: KernelPathNetwork?
    var due: ContinuousClock.Instant?
    var isFirst = true
    while !state.withLock(\.isStopped) {
      guard state.withLock(\.isLoaded) else {
        due = nil
        wake.wait(atMost: nil)
        continue
      }
      if let due, due > .now {
        wake.wait(atMost: ContinuousClock.now.duration(to: due))
        continue
      }
      let began = ContinuousClock.now
      do throws(ProbeFailure) {
        let current = if let network { network } else { try newNetwork() }
        network = current
        prove(over: current)
        due = began + gap(isFirst: isFirst)
        isFirst = false
      } catch {
        publish(.notProved("\(error.call): \(error.message)"))
        due = began + Self.pause
      }
    }
  }

  private func newNetwork() throws(ProbeFailure) -> KernelPathNetwork {
    try KernelPathNetwork(interruption: wake, transport: settings.transport)
  }

  private func prove(over network: KernelPathNetwork) {
    var round = ProofRound(
      targets: settings.targets, limit: settings.limit, node: settings.node, network: network,
      goesOn: { self.state.withLock { $0.isLoaded && !$0.isStopped } })
    if let readings = round.run() { publish(PathRecord(round: readings)) }
  }

  private func publish(_ record: PathRecord) {
    let isWanted = state.withLock { state in
      if state.isLoaded { state.record = record }
      return state.isLoaded
    }
    if isWanted { announce.signal() }
  }

  /// Returns a little less than the interval, so that a change is reported within one interval although a proof takes
  /// time. The first gap is shorter, by an amount that depends on the node's name, so that nodes that start together do
  /// not prove at the same time.
  private func gap(isFirst: Bool) -> Duration {
    let gap = settings.interval - min(settings.interval / 10, .seconds(1))
    guard isFirst else { return gap }
    let share = Double(RendezvousChoice.rank(of: "", for: settings.node) >> 11) / Double(1 << 53)
    return gap * (0.5 + share / 2)
  }
}
