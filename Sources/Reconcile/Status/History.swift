import MachineIntent

/// What a report needs to remember from pass to pass.
package struct History: Sendable {
  package private(set) var transitions: [Condition.Kind: (status: Condition.Status, since: Timestamp)] = [:]
  package private(set) var files: [String: FileHistory] = [:]
  package private(set) var driftTotal = 0
  package private(set) var lastDrift: (at: Timestamp, path: String)?
  package private(set) var reconciles = DurationHistogram()
  package private(set) var lastReconcile: Timestamp?

  /// One file's past.
  package struct FileHistory: Hashable, Sendable {
    package var wasInSync = false
    package var repairs = 0
    package var failedRepairs = 0
    package var lastDrift: Timestamp?
    package var drifts: [Drift: Int] = [:]
  }

  /// Of the files that no plan names any more, so many are remembered: whoever keeps making up names must not make the
  /// agent grow.
  static let pastLimit = 32

  package init() {}

  /// Takes in what a pass found before it acted. Only what has been in sync before can drift; returns what has.
  package mutating func found(
    _ files: [TrackedFile], converged: Bool, at now: Timestamp
  ) -> [TrackedFile] {
    var drifted: [TrackedFile] = []
    for file in files {
      var past = self.files[file.path] ?? FileHistory()
      if let drift = file.drift {
        // A new file of somebody else's that keeps a wanted module out drifts the node, though it was never in sync.
        if past.wasInSync || (drift == .blocks && converged) {
          past.drifts[drift, default: 0] += 1
          past.lastDrift = now
          driftTotal += 1
          lastDrift = (now, file.path)
          drifted.append(file)
        }
        past.wasInSync = false
      } else {
        past.wasInSync = true
      }
      self.files[file.path] = past
    }
    forget(allBut: files)
    return drifted
  }

  /// Drops the files that have been quiet for longest, down to the limit.
  private mutating func forget(allBut named: [TrackedFile]) {
    guard files.count > named.count + 2 * Self.pastLimit else { return }
    let current = Set(named.map(\.path))
    let past = files.filter { !current.contains($0.key) }
    guard past.count > 2 * Self.pastLimit else { return }
    let oldest = Timestamp(milliseconds: .min)
    let byAge = past.sorted { ($0.value.lastDrift ?? oldest, $0.key) < ($1.value.lastDrift ?? oldest, $1.key) }
    for (path, _) in byAge.prefix(past.count - Self.pastLimit) { files[path] = nil }
  }

  /// Takes in what became of the steps.
  package mutating func acted(_ outcomes: [Outcome]) {
    for outcome in outcomes {
      guard let path = outcome.step.path else { continue }
      if outcome.failure == nil {
        files[path, default: FileHistory()].repairs += 1
        files[path, default: FileHistory()].wasInSync = true
      } else {
        files[path, default: FileHistory()].failedRepairs += 1
      }
    }
  }

  /// Takes in how long a pass took.
  package mutating func reconciled(in duration: Duration, at now: Timestamp) {
    reconciles.observe(duration)
    lastReconcile = now
  }

  /// Gives each condition the time of its last transition.
  mutating func stamp(_ conditions: [Condition], at now: Timestamp) -> [Condition] {
    conditions.map { condition in
      if transitions[condition.type]?.status != condition.status {
        transitions[condition.type] = (condition.status, now)
      }
      var stamped = condition
      stamped.lastTransitionTime = (transitions[condition.type]?.since ?? now).description
      return stamped
    }
  }
}

/// A cumulative histogram of durations in seconds, as Prometheus counts one.
package struct DurationHistogram: Hashable, Sendable {
  /// Upper bounds in seconds; the last bucket, `+Inf`, is `count`.
  package static let bounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

  /// How many were at most `bounds[index]`.
  package private(set) var buckets = [Int](repeating: 0, count: bounds.count)
  package private(set) var count = 0
  package private(set) var sum = 0.0

  package init() {}

  package mutating func observe(_ duration: Duration) {
    let seconds = Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
    for (index, bound) in Self.bounds.enumerated() where seconds <= bound { buckets[index] += 1 }
    count += 1
    sum += seconds
  }
}
