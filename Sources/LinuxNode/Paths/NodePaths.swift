import NodeAgent
package import Reconcile

/// The proofs and the echo of one agent, as far as its options ask for them. Each runs on its own thread.
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
