import MachineIntent
import Reconcile

/// The intent in force, and the errors of the newest one.
struct IntentCache {
  /// The last intent without errors; nil if there has been none.
  private(set) var desired: DesiredState?
  /// The errors of the newest intent; empty if it is the one in force.
  private(set) var errors: [ConfigIssue] = []
  /// The stamps of the sources when they were read; nil if they have to be read again.
  private var stamps: IntentSources.Stamps?
  /// How many times the sources are read again because they changed during the reading.
  private static let readLimit = 3

  /// Reads the sources, unless nothing about them has changed. Returns whether another intent is in force now. An intent
  /// with an error leaves the last good one in force.
  ///
  /// - Parameters:
  ///   - sources: where the intents are.
  ///   - access: the ports to the node.
  ///   - now: the time.
  ///   - goesOn: asked before the sources are read; once it returns false, the intent in force stays.
  mutating func read(
    _ sources: IntentSources, through access: NodePorts, at now: Timestamp, while goesOn: () -> Bool
  ) -> Bool {
    var before = sources.stamps(access)
    let current = before.flatMap { $0.areSettled(at: now) ? $0 : nil }
    if let current, current == stamps { return false }
    guard goesOn() else { return false }
    stamps = current
    var reading = sources.read(access)
    // A source that is replaced meanwhile, such as a ConfigMap, may be read half old and half new.
    for _ in 0..<Self.readLimit {
      let after = sources.stamps(access)
      if after == before { break }
      guard goesOn() else { return false }
      before = after
      stamps = nil
      reading = sources.read(access)
    }
    guard let state = reading.state else {
      errors = reading.issues.filter { $0.severity == .error }
      // It may have been unreadable for a moment only.
      stamps = nil
      return false
    }
    (desired, errors) = (state, [])
    return true
  }
}
