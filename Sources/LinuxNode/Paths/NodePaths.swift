import NodeAgent
package import Reconcile

/// The proofs and the echo of one agent, each on a thread of its own, and only those that are asked for.
package struct NodePaths: PathProofs {
  private let prover: PathProver?
  private let echo: EchoService?

  package init(prover: PathProver?, echo: EchoService?) {
    self.prover = prover
    self.echo = echo
  }

  package var record: PathRecord? { prover?.record }

  package var echoFailure: String? { echo?.failure }

  package func allow(_ isLoaded: Bool) {
    echo?.allow(isLoaded)
    prover?.allow(isLoaded)
  }
}
