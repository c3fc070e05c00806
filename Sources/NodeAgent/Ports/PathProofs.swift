package import Reconcile

/// The proofs of the paths to other nodes. They are made beside the loop, which is woken by `Wake.pathsChanged`.
package protocol PathProofs: Sendable {
  /// What is known of the paths; nil if none are to be proved.
  var record: PathRecord? { get }

  /// The reason why the echo server does not listen; nil if it listens, or if there is none.
  var echoFailure: String? { get }

  /// Sets whether SCTP sockets may be opened. Until then nothing is proved and no echo is served, because opening a
  /// socket would load the module.
  func allow(_ isLoaded: Bool)
}
