import NodeAgent
package import Reconcile
import Synchronization

/// A probe that proves every address family, and counts.
package final class ProvingProbe: ProtocolProbe {
  private let counter = Mutex(0)

  package init() {}

  /// How often it was asked.
  package var asked: Int { counter.withLock(\.self) }

  package func loopback(_ family: AddressFamily) -> Result<ProbeTime, ProbeFailure> {
    counter.withLock { $0 += 1 }
    return .success(ProbeTime(seconds: 0.001))
  }
}
