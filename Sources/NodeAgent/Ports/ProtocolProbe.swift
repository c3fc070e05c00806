package import Reconcile

/// A probe that makes a real association on this host.
package protocol ProtocolProbe: Sendable {
  /// Opens a listener and a client on the loopback address, exchanges data both ways and checks it.
  ///
  /// Opening an SCTP socket autoloads the module: call it only while the module is live or built in. A failure that
  /// `isInterruption` says nothing about the node: the agent had something more urgent to do.
  func loopback(_ family: AddressFamily) -> Result<ProbeTime, ProbeFailure>
}
