package import Reconcile

/// What wakes the agent's loop.
package enum Wake: Hashable, Sendable {
  /// Something below a watched path may have changed, or the kernel's queue overflowed.
  case filesChanged
  /// A kernel uevent about a module came in.
  case modulesChanged
  /// SIGHUP.
  case reload
  /// SIGTERM or SIGINT.
  case terminate
  /// The deadline passed.
  case deadline
}

/// Events of the node, as reasons to look again; nothing is inferred from their content.
package protocol ChangeSource: AnyObject {
  /// Replaces the list of watched files and directories. What does not exist is watched through its nearest existing
  /// parent, so that it is noticed when it appears. Returns the paths that could not be watched (then the resync timer
  /// is all there is).
  ///
  /// - Parameters:
  ///   - node: paths as the node sees them, below the root.
  ///   - own: paths in the agent's own view of the file system.
  func watch(node: [String], own: [String]) -> [FileFailure]

  /// Blocks until something happens or `deadline` (monotonic, nil: never) has passed; a burst comes as one set.
  func wait(until deadline: ContinuousClock.Instant?) -> Set<Wake>

  /// Drops what has happened to files up to now: the caller is about to look at all of them. What happens from now on
  /// wakes it again.
  func forgetFileChanges()

  /// True once SIGTERM or SIGINT has come; `wait` tells it too.
  var isTerminating: Bool { get }
}
