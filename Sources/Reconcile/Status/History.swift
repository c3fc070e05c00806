import MachineIntent
import Modprobe

/// The facts that the report needs of earlier passes.
package struct History: Sendable {
  package private(set) var transitions: [Condition.Kind: (status: Condition.Status, since: Timestamp)] = [:]
  private var memory = PathMemory<FileHistory>()
  package private(set) var driftTotal = 0
  package private(set) var lastDrift: (at: Timestamp, path: String)?
  package private(set) var reconciles = DurationHistogram()
  package private(set) var lastReconcile: Timestamp?
  /// The last events, the newest first.
  package private(set) var recent: [RecentEvent] = []
  private var intent: (digest: String?, error: String?) = (nil, nil)

  /// How many events `recent` keeps.
  static let recentLimit = 20

  /// The past of each file, by path.
  package var files: [String: FileHistory] { memory.values }

  /// The past of one file.
  package struct FileHistory: Hashable, Sendable {
    package var wasInSync = false
    package var repairs = 0
    package var failedRepairs = 0
    package var lastDrift: Timestamp?
    package var drifts: [Drift: Int] = [:]
  }

  /// The target and the address of each path that failed in the last round.
  private var failingPaths = Set<String>()

  package init() {}

  /// Records what a pass found before it acted, and returns the files that have drifted. Only a file that was in sync
  /// before can drift.
  package mutating func found(
    _ files: [TrackedFile], converged: Bool, at now: Timestamp
  ) -> [TrackedFile] {
    var drifted: [TrackedFile] = []
    for file in files {
      var past = memory[file.path] ?? FileHistory()
      if file.drift == nil, past.wasInSync { continue }
      if let drift = file.drift {
        // A new unmanaged file that blocks a wanted module is drift too, although it was never in sync.
        if past.wasInSync || (drift == .blocks && converged) {
          past.drifts[drift, default: 0] += 1
          past.lastDrift = now
          driftTotal += 1
          lastDrift = (now, file.path)
          drifted.append(file)
          record(RecentEvent(.drift, file.path, drift.sentence, at: now))
        }
        past.wasInSync = false
      } else {
        past.wasInSync = true
      }
      memory[file.path] = past
    }
    forget(allBut: files)
    return drifted
  }

  /// Forgets the files whose last change is the oldest.
  private mutating func forget(allBut named: [TrackedFile]) {
    // All named files are remembered: most of the time there is nothing to forget.
    guard memory.values.count > named.count + 2 * PathMemory<FileHistory>.pastLimit else { return }
    let oldest = Timestamp(milliseconds: .min)
    memory.forget(allBut: named) { left, right in
      (left.value.lastDrift ?? oldest, left.key) < (right.value.lastDrift ?? oldest, right.key)
    }
  }

  /// Records the outcomes of the steps.
  package mutating func acted(_ outcomes: [Outcome], at now: Timestamp) {
    for outcome in outcomes {
      let message = outcome.failure?.description ?? "\(outcome.step)"
      guard let path = outcome.step.path else {
        if case .load(let module) = outcome.step { record(RecentEvent(.load, module.rawValue, message, at: now)) }
        continue
      }
      record(RecentEvent(.repair, path, message, at: now))
      var past = memory[path] ?? FileHistory()
      if outcome.failure == nil {
        past.repairs += 1
        past.wasInSync = true
      } else {
        past.failedRepairs += 1
      }
      memory[path] = past
    }
  }

  /// Adds an event. One that repeats the newest event of its subject is left out, so that a retry does not push others
  /// out.
  package mutating func record(_ event: RecentEvent) {
    if let last = recent.first(where: { $0.what == event.what && $0.subject == event.subject }),
      last.message == event.message, event.what != .drift
    {
      return
    }
    recent.insert(event, at: 0)
    if recent.count > Self.recentLimit { recent.removeLast() }
  }

  /// Records which paths have begun to fail, and which of them are proved again.
  mutating func proved(_ readings: [PathReading]) {
    var failing = Set<String>()
    for reading in readings {
      let subject = "\(reading.target) \(reading.address)"
      if !reading.isProved {
        failing.insert(subject)
        if !failingPaths.contains(subject) { record(RecentEvent(.path, subject, reading.message, at: reading.at)) }
      } else if failingPaths.contains(subject) {
        record(RecentEvent(.path, subject, "proved again", at: reading.at))
      }
    }
    failingPaths = failing
  }

  /// Records that another intent is in force, or that a new one is refused.
  mutating func read(_ desired: DesiredState?, errors: [ConfigIssue], at now: Timestamp) {
    let error = errors.first.map { "refused: \($0.at): \($0.message)" }
    let isFirst = intent.digest == nil && intent.error == nil
    let subject = desired?.sources.joined(separator: ", ") ?? errors.first?.at.file ?? ""
    if let error, error != intent.error { record(RecentEvent(.intent, subject, error, at: now)) }
    if error == nil, let desired, !isFirst, desired.digest != intent.digest || intent.error != nil {
      let names = desired.machineConfigs.joined(separator: ", ")
      record(RecentEvent(.intent, subject, "in force: \(names.isEmpty ? "no MachineConfig" : names)", at: now))
    }
    intent = (desired?.digest, error)
  }

  /// Records how long a pass took.
  package mutating func reconciled(in duration: Duration, at now: Timestamp) {
    reconciles.observe(duration)
    lastReconcile = now
  }

  /// Gives each condition the time of its last transition, and records new transitions.
  mutating func stamp(_ conditions: [Condition], at now: Timestamp) -> [Condition] {
    conditions.map { condition in
      if transitions[condition.type]?.status != condition.status {
        if transitions[condition.type] != nil {
          record(
            RecentEvent(
              .condition, condition.type.rawValue,
              "\(condition.status.rawValue), \(condition.reason.rawValue): \(condition.message)", at: now))
        }
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
