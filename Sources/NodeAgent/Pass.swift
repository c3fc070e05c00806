package import Reconcile

extension Reconciler {
  /// What a pass needs from its caller.
  package struct PassInput: Sendable {
    package var now: Timestamp
    /// Paths that must not be repaired now, because another process keeps rewriting them.
    package var resting: Set<String>
    package var contended: Set<String>
    package var probes: Bool
    /// Whether an event about files is the only reason for the pass.
    package var isAboutFiles: Bool
    /// The entries of the node's directories that may have changed; nil if anything may have. Ignored unless
    /// `isAboutFiles`.
    package var changedEntries: Set<String>?

    package init(
      now: Timestamp, resting: Set<String> = [], contended: Set<String> = [], probes: Bool = true,
      isAboutFiles: Bool = false, changedEntries: Set<String>? = nil
    ) {
      self.now = now
      self.resting = resting
      self.contended = contended
      self.probes = probes
      self.isAboutFiles = isAboutFiles
      self.changedEntries = changedEntries
    }

    /// Returns what need not be read again, because the last pass saw it and no event concerns it.
    func reuse(of seen: Surroundings?) -> Observer.Reuse {
      guard isAboutFiles, let seen else { return .nothing }
      return changedEntries.map { .allBut($0, seen) } ?? .kernel(seen)
    }
  }

  /// The result of a pass.
  package struct Pass: Sendable {
    package let observation: PassRecord
    /// Whether the probes are of this pass.
    package let probed: Bool
    /// Whether a file changed while the pass was under way, so that there is more to do already.
    package let isOvertaken: Bool
    /// Whether the pass was stopped, so that its record says no more than what was done.
    package let isStopped: Bool

    /// When the hold of the machine-config daemon's files ends; nil if there is none.
    package var heldUntil: Timestamp? { observation.hold?.end }
  }
}
