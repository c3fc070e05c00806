/// When the next pass is due without an event. Times are monotonic, since any fixed start.
package struct Schedule: Sendable {
  /// What remains after a pass and depends on time alone.
  package struct Unfinished: Sendable {
    /// Whether there is more to do already.
    package var isOvertaken: Bool
    /// Whether something failed, so that the retry backs off.
    package var failed: Bool
    /// When the machine-config daemon's changes count as settled; nil if nothing is held.
    package var heldUntil: Duration?
    package var contendedUntil: Duration?
    /// Whether a probe is possible.
    package var probes: Bool

    package init(
      isOvertaken: Bool = false, failed: Bool, heldUntil: Duration? = nil, contendedUntil: Duration? = nil,
      probes: Bool = false
    ) {
      self.isOvertaken = isOvertaken
      self.failed = failed
      self.heldUntil = heldUntil
      self.contendedUntil = contendedUntil
      self.probes = probes
    }
  }

  private static let firstRetry = Duration.seconds(1)
  private static let longestRetry = Duration.seconds(60)

  private let resync: Duration
  private let probeInterval: Duration
  private var retryDelay: Duration?
  private var nextLook: Duration?
  private var nextProbe: Duration?

  package init(resync: Duration, probeInterval: Duration) {
    self.resync = resync
    self.probeInterval = probeInterval
  }

  /// Whether a probe is due.
  package func probeIsDue(at now: Duration) -> Bool { nextProbe.map { now >= $0 } ?? true }

  /// Whether a pass is due.
  package func passIsDue(at now: Duration) -> Bool { nextLook.map { now >= $0 } ?? true }

  package mutating func probed(at now: Duration) { nextProbe = now + probeInterval }

  /// Makes a probe due at the next pass, whatever the interval is, because the module was loaded or unloaded.
  package mutating func forgetProbe() { nextProbe = nil }

  package mutating func passed(at now: Duration, leaving unfinished: Unfinished) {
    retryDelay = unfinished.failed ? min((retryDelay.map { $0 * 2 }) ?? Self.firstRetry, Self.longestRetry) : nil
    let candidates = [
      now + resync, retryDelay.map { now + $0 }, unfinished.heldUntil, unfinished.contendedUntil,
      unfinished.probes ? nextProbe : nil, unfinished.isOvertaken ? now : nil,
    ]
    nextLook = candidates.compactMap(\.self).min()
  }

  /// The time of the next pass; nil before the first one.
  package var deadline: Duration? { nextLook }
}
