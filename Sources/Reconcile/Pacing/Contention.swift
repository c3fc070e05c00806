/// Distinguishes a path that something else keeps rewriting from one that drifted once.
///
/// More than `limit` repairs of one path in `window` make it contended: repairs then wait for a back-off that doubles
/// from `firstDelay` up to `longestDelay`. The contention ends once nothing has changed the path for `window` after its
/// back-off. Times are monotonic, since any fixed start.
package struct Contention: Sendable {
  package static let limit = 5
  package static let window = Duration.seconds(60)
  package static let firstDelay = Duration.seconds(30)
  package static let longestDelay = Duration.seconds(300)

  private struct Path: Sendable {
    var repairs: [Duration] = []
    var delay: Duration?
    var retryAt = Duration.zero
    var lastSeen = Duration.zero
  }

  private var memory = PathMemory<Path>()

  package init() {}

  /// The number of paths that are remembered.
  var count: Int { memory.values.count }

  /// The paths that are contended now.
  package var contended: Set<String> { Set(memory.values.filter { $0.value.delay != nil }.keys) }

  /// Whether the path may be repaired now.
  package func mayRepair(_ path: String, at now: Duration) -> Bool {
    guard let state = memory[path], state.delay != nil else { return true }
    return now >= state.retryAt
  }

  /// Returns when the path's back-off ends; nil if its repair waits for none.
  package func backOffEnd(of path: String, after now: Duration) -> Duration? {
    guard let state = memory[path], state.delay != nil, state.retryAt > now else { return nil }
    return state.retryAt
  }

  /// Counts a repair that was made.
  package mutating func repaired(_ path: String, at now: Duration) {
    var state = memory[path] ?? Path()
    state.repairs.removeAll { $0 <= now - Self.window }
    state.repairs.append(now)
    state.lastSeen = now
    if let delay = state.delay {
      state.delay = min(delay * 2, Self.longestDelay)
    } else if state.repairs.count > Self.limit {
      state.delay = Self.firstDelay
    }
    if let delay = state.delay { state.retryAt = now + delay }
    memory[path] = state
  }

  /// Remembers that the path was found different once more while its repair waits.
  package mutating func seenDrifted(_ path: String, at now: Duration) { memory[path]?.lastSeen = now }

  /// Forgets the paths that nothing has changed for long enough, also those that no longer exist. Returns the paths
  /// whose contention has ended.
  ///
  /// - Parameters:
  ///   - drifted: the paths that are not as they should be.
  ///   - planned: every file that the plan names; nil if there is no plan.
  ///   - now: the time of the monotonic clock.
  package mutating func settle(drifted: Set<String>, planned: [TrackedFile]? = nil, at now: Duration) -> [String] {
    if let planned {
      // The least contended paths are forgotten first.
      memory.forget(allBut: planned) { left, right in
        let (left, right) = (left.value, right.value)
        if (left.delay == nil) != (right.delay == nil) { return left.delay == nil }
        return (left.repairs.count, left.lastSeen) < (right.repairs.count, right.lastSeen)
      }
    }
    let calm = memory.values.filter { path, state in
      !drifted.contains(path) && now >= max(state.lastSeen, state.retryAt) + Self.window
    }
    for path in calm.keys { memory[path] = nil }
    return calm.filter { $0.value.delay != nil }.keys.sorted()
  }

  /// Returns the first time after `now` at which a contended path may be repaired, or its contention can have ended.
  /// `now` is when the pass began that called `settle` and `mayRepair`. Returns nil if no path waits for a time, for
  /// example because its back-off is over and its repair keeps failing.
  package func nextLook(after now: Duration) -> Duration? {
    memory.values.values.compactMap { state -> Duration? in
      guard state.delay != nil else { return nil }
      if state.retryAt > now { return state.retryAt }
      let calm = max(state.lastSeen, state.retryAt) + Self.window
      return calm > now ? calm : nil
    }.min()
  }
}
