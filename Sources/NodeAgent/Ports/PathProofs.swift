package import Reconcile

/// The proofs of the paths to other nodes. They are made beside the loop, which is woken by `Wake.pathsChanged`.
package protocol PathProofs: Sendable {
  /// What is known of the paths; nil if none are to be proved.
  var record: PathRecord? { get }

  /// What keeps the echo server from listening; nil if nothing does, or if none is asked for.
  var echoFailure: String? { get }

  /// Says whether SCTP sockets may be opened. Until then nothing is proved and no echo is served, because opening one
  /// would load the module.
  func allow(_ isLoaded: Bool)
}
