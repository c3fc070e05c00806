package import Reconcile

/// The network as a round of proofs sees it: names, SCTP associations and the time. Nothing but `wait` blocks.
package protocol PathNetwork: AnyObject {
  /// The monotonic clock, since any fixed start.
  var now: Duration { get }
  /// The wall clock.
  var timestamp: Timestamp { get }

  /// Returns this host's addresses, spelled as `resolve` spells them.
  func ownAddresses() -> Set<String>

  /// Starts to look up the target's name. The answer is an event of `wait`, which may come late or never.
  func resolve(_ target: ProbeAddress)

  /// Ends the wait for the target's addresses. Returns the answer to an earlier call of `resolve` that came after its wait
  /// was ended, or nil if there is none.
  func giveUp(on target: ProbeAddress) -> Result<[String], ProbeFailure>?

  /// Starts an association with a numeric address and returns its socket. `wait` reports its events.
  func open(_ address: String, port: UInt16) throws(ProbeFailure) -> PathSocket

  /// Returns whether the association is up. Throws if it has failed.
  func isConnected(_ socket: PathSocket) throws(ProbeFailure) -> Bool

  /// Returns how many bytes the kernel accepted. If that is 0, there is no room now, and `wait` reports when there is.
  func send(_ bytes: ArraySlice<UInt8>, on socket: PathSocket) throws(ProbeFailure) -> Int

  /// Returns the received bytes; empty if there are none. The peer's orderly end is thrown as ECONNRESET.
  func receive(on socket: PathSocket) throws(ProbeFailure) -> [UInt8]

  /// Returns the ICMP error that the kernel stores while it goes on trying, or nil if none came.
  func rejection(of socket: PathSocket) -> ProbeFailure?

  /// Ends the association: with a shutdown, or at once if it failed. The socket has no more events.
  func close(_ socket: PathSocket, gracefully: Bool)

  /// Blocks until there is an event or the deadline has passed, and returns the events.
  func wait(until deadline: Duration) -> [PathEvent]
}

/// One socket of a `PathNetwork`.
package struct PathSocket: Hashable, Sendable {
  package let descriptor: Int32

  package init(descriptor: Int32) { self.descriptor = descriptor }
}

/// An event of a `PathNetwork`.
package enum PathEvent: Sendable {
  /// The addresses of a target, numeric and without its port.
  case resolved(ProbeAddress, Result<[String], ProbeFailure>)
  /// The socket connected, failed, or can be read or written.
  case ready(PathSocket)
  /// Another thread asks the round to check whether it should go on.
  case interrupted
}
