/// Reads MachineConfigs and Ignition configs into what the node should be.
package enum IntentReader {
  /// Reads every document, keeps the MachineConfigs of `roles` (all of them where it is empty), merges them in the
  /// machine-config operator's order and joins what the machine-config daemon already manages.
  package static func read(
    _ documents: [IntentDocument], roles: [String] = [], managed: ManagedConfiguration? = nil,
    limits: IntentLimits = .standard
  ) -> IntentReading {
    var findings = Findings()
    var search = MachineConfigSearch(limits: limits)
    for document in documents { search.read(document, &findings) }
    let start = SourceLocation(file: documents.first?.name ?? BuiltinIntent.document.name, line: 1, column: 1)
    if search.objects.isEmpty, !findings.hasErrors {
      findings.error(
        .noMachineConfig, at: start, "nothing here is a MachineConfig or an Ignition config; give one as the intent")
    }
    let objects = selected(search.objects, roles: roles, at: start, &findings)
    let merged = MergedConfig(objects)
    var assembly = StateAssembly(limits: limits)
    assembly.add(merged, &findings)
    if let managed { assembly.join(managed, &findings) }
    let issues = findings.sorted
    guard !findings.hasErrors else { return IntentReading(state: nil, issues: issues) }
    var sources = documents.map(\.name)
    if let managed { sources.append(managed.path) }
    let state = assembly.state(sources: sources, machineConfigs: objects.map(\.name), issues: issues)
    return IntentReading(state: state, issues: issues)
  }

  /// The objects that take part, in the order of the merge. A bare Ignition config has no role and always does, and so
  /// does the built-in intent.
  static func selected(
    _ objects: [MachineConfigObject], roles: [String], at start: SourceLocation, _ findings: inout Findings
  ) -> [MachineConfigObject] {
    var selected = objects
    if !roles.isEmpty {
      selected = objects.filter { object in
        object.isBareIgnition || object.at.file == BuiltinIntent.document.name
          || object.role.map { roles.contains($0) } ?? false
      }
      if selected.isEmpty, let first = objects.first {
        let found = Set(objects.compactMap(\.role)).sorted().joined(separator: ", ")
        findings.error(
          .noSuchRole, at: first.at,
          "no MachineConfig has the role \(roles.joined(separator: " or ")); the roles here are: \(found)")
      }
    }
    return lastOfEachName(selected, &findings).sorted(by: MachineConfigObject.precedes)
  }

  /// Applying two objects of one name leaves the last.
  private static func lastOfEachName(
    _ objects: [MachineConfigObject], _ findings: inout Findings
  ) -> [MachineConfigObject] {
    var kept: [MachineConfigObject] = []
    var seen: [String: SourceLocation] = [:]
    for object in objects.reversed() {
      if !object.isBareIgnition, !object.name.isEmpty {
        if let later = seen[object.name] {
          findings.warning(
            .duplicateName, at: object.at, "the MachineConfig '\(object.name)' is replaced by that at \(later)")
          continue
        }
        seen[object.name] = object.at
      }
      kept.append(object)
    }
    return kept.reversed()
  }
}
