/// Tells a path that somebody else keeps rewriting from one that drifted.
///
/// More than `limit` repairs of one path in `window` make it contended: repairs then wait for a back-off that doubles
/// from `firstDelay` up to `longestDelay`. A path that nobody has touched for `window` past its back-off is calm again.
/// Times are monotonic, since any fixed start.
package struct Contention: Sendable {
  package static let limit = 5
  package static let window = Duration.seconds(60)
  package static let firstDelay = Duration.seconds(30)
  package static let longestDelay = Duration.seconds(300)
  /// Of the paths that no plan names any more, so many are remembered: whoever keeps making up names must not make the
  /// agent grow.
  static let pastLimit = 32

  private struct Path: Sendable {
    var repairs: [Duration] = []
    var delay: Duration?
    var retryAt = Duration.zero
    var lastSeen = Duration.zero
  }

  private var paths: [String: Path] = [:]

  package init() {}

  /// How many paths are remembered.
  var count: Int { paths.count }

  /// The paths that are contended now.
  package var contended: Set<String> { Set(paths.filter { $0.value.delay != nil }.keys) }

  /// True where a repair of the path may be made now.
  package func mayRepair(_ path: String, at now: Duration) -> Bool {
    guard let state = paths[path], state.delay != nil else { return true }
    return now >= state.retryAt
  }

  /// Takes in a repair that was made.
  package mutating func repaired(_ path: String, at now: Duration) {
    var state = paths[path] ?? Path()
    state.repairs.removeAll { $0 <= now - Self.window }
    state.repairs.append(now)
    state.lastSeen = now
    if let delay = state.delay {
      state.delay = min(delay * 2, Self.longestDelay)
    } else if state.repairs.count > Self.limit {
      state.delay = Self.firstDelay
    }
    if let delay = state.delay { state.retryAt = now + delay }
    paths[path] = state
  }

  /// Takes in that the path was found different once more while its repair waits.
  package mutating func seenDrifted(_ path: String, at now: Duration) { paths[path]?.lastSeen = now }

  /// Forgets the paths that have been left alone for long enough, those that are gone among them; returns those whose
  /// contention ended.
  ///
  /// - Parameters:
  ///   - drifted: the paths that are not as they should be.
  ///   - planned: every file that the plan names; nil: there is no plan to tell.
  ///   - now: of the monotonic clock.
  package mutating func settle(drifted: Set<String>, planned: [TrackedFile]? = nil, at now: Duration) -> [String] {
    if let planned { forget(allBut: planned) }
    let calm = paths.filter { path, state in
      !drifted.contains(path) && now >= max(state.lastSeen, state.retryAt) + Self.window
    }
    for path in calm.keys { paths[path] = nil }
    return calm.filter { $0.value.delay != nil }.keys.sorted()
  }

  /// Drops the paths that look least like a fight, down to the limit.
  private mutating func forget(allBut named: [TrackedFile]) {
    guard paths.count > 2 * Self.pastLimit else { return }
    let planned = Set(named.map(\.path))
    let past = paths.filter { !planned.contains($0.key) }
    guard past.count > 2 * Self.pastLimit else { return }
    let leastFought = past.sorted { left, right in
      let (left, right) = (left.value, right.value)
      if (left.delay == nil) != (right.delay == nil) { return left.delay == nil }
      return (left.repairs.count, left.lastSeen) < (right.repairs.count, right.lastSeen)
    }
    for (path, _) in leastFought.prefix(past.count - Self.pastLimit) { paths[path] = nil }
  }

  /// When the next contended path may be repaired or found calm after `now`, which is when the pass began that `settle`
  /// and `mayRepair` were asked for; nil: for none of them it is a matter of time. A path whose repair keeps failing is
  /// one of these once its back-off is over.
  package func nextLook(after now: Duration) -> Duration? {
    paths.values.compactMap { state -> Duration? in
      guard state.delay != nil else { return nil }
      if state.retryAt > now { return state.retryAt }
      let calm = max(state.lastSeen, state.retryAt) + Self.window
      return calm > now ? calm : nil
    }.min()
  }
}
