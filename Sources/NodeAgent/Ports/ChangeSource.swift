package import Reconcile

/// A reason for the agent's loop to wake up.
package enum Wake: Hashable, Sendable {
  /// Something below a watched path may have changed, or the kernel's event queue overflowed.
  case filesChanged
  /// The kernel sent a uevent about a module.
  case modulesChanged
  /// A round of proofs of the paths to other nodes is over.
  case pathsChanged
  /// SIGHUP.
  case reload
  /// SIGTERM or SIGINT.
  case terminate
  /// The deadline passed.
  case deadline
}

/// Events of the node. An event is only a reason for a pass. Its content decides nothing but what need not be read again.
package protocol ChangeSource: AnyObject {
  /// Replaces the list of watched files and directories. A path that does not exist is watched through its nearest
  /// existing parent, so that it is noticed when it appears. Returns the paths that could not be watched: their changes
  /// are noticed at the next resync.
  ///
  /// - Parameters:
  ///   - node: paths on the node, below the root.
  ///   - own: paths in the agent's own view of the file system.
  func watch(node: [String], own: [String]) -> [FileFailure]

  /// Blocks until something happens or the deadline has passed; nil is no deadline. Returns a burst as one set.
  func wait(until deadline: ContinuousClock.Instant?) -> Set<Wake>

  /// Drops the file events up to now about entries of these directories of the node. Call it before all files in them are
  /// read: later events, and those elsewhere, wake the caller again.
  func forgetFileChanges(in directories: [String])

  /// Returns the entries of the node's watched directories that may have changed since the last call, by what the file
  /// events up to now say. Returns nil if anything else may have changed, such as a module or its index, if there are
  /// too many, or if not every change is certain to be reported.
  func takeChangedEntries() -> Set<String>?

  /// Whether SIGTERM or SIGINT has come. `wait` returns it too.
  var isTerminating: Bool { get }
}
