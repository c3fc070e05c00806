package import Reconcile

/// A reason for the agent's loop to wake up.
package enum Wake: Hashable, Sendable {
  /// Something below a watched path may have changed, or the kernel's event queue overflowed.
  case filesChanged
  /// A kernel uevent about a module came in.
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

/// Events of the node. They are only reasons for a pass: nothing is inferred from their content.
package protocol ChangeSource: AnyObject {
  /// Replaces the list of watched files and directories. A path that does not exist is watched through its nearest
  /// existing parent, so that it is noticed when it appears. Returns the paths that could not be watched: their changes
  /// are noticed at the next resync.
  ///
  /// - Parameters:
  ///   - node: paths as the node sees them, below the root.
  ///   - own: paths in the agent's own view of the file system.
  func watch(node: [String], own: [String]) -> [FileFailure]

  /// Blocks until something happens or the deadline has passed; nil is no deadline. Returns a burst as one set.
  func wait(until deadline: ContinuousClock.Instant?) -> Set<Wake>

  /// Drops the file events up to now, because the caller is about to read all files. Later events wake it again.
  func forgetFileChanges()

  /// Whether SIGTERM or SIGINT has come. `wait` returns it too.
  var isTerminating: Bool { get }
}
