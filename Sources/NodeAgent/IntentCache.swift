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
  /// How many times the sources are read because they changed during the reading. After that the next event or pass
  /// reads them again.
  private static let readLimit = 5

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
    var after = sources.stamps(access)
    var readings = 1
    // A source that is replaced meanwhile, such as a ConfigMap, may be read half old and half new.
    while after != before {
      stamps = nil
      guard goesOn() else { return false }
      guard readings < Self.readLimit else {
        if desired == nil { errors = [Self.unsettled(sources)] }
        return false
      }
      before = after
      reading = sources.read(access)
      after = sources.stamps(access)
      readings += 1
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

  private static func unsettled(_ sources: IntentSources) -> ConfigIssue {
    IntentSources.unreadable(
      sources.paths.first ?? IntentSources.defaultDirectory,
      "it changed each time while it was read; find out which program keeps changing it")
  }
}
