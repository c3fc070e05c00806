/// Reads MachineConfigs and Ignition configs into the desired state of a node.
package enum IntentReader {
  /// Reads every document, keeps the MachineConfigs of `roles` (all if it is empty), merges them in the order of the
  /// machine-config operator, and adds what the machine-config daemon manages on the node already.
  package static func read(
    _ documents: [IntentDocument], roles: [String] = [], managed: ManagedConfiguration? = nil,
    limits: IntentLimits = .standard
  ) -> IntentReading {
    var findings = Findings()
    let objects = objects(of: documents, roles: roles, limits: limits, &findings)
    if objects.isEmpty, !findings.hasErrors {
      findings.error(.noMachineConfig, at: start(of: documents), nothingFound)
    }
    var builder = DesiredStateBuilder(limits: limits)
    builder.add(MergedConfig(objects), &findings)
    IntentReview(objects: objects, files: builder.files, demands: builder.demands).report(&findings, severity: .warning)
    if let managed { builder.join(managed, &findings) }
    let issues = findings.sorted
    guard !findings.hasErrors else { return IntentReading(state: nil, issues: issues) }
    var sources = documents.map(\.name)
    if let managed { sources.append(managed.path) }
    var state = builder.state(sources: sources, machineConfigs: objects.map(\.name), issues: issues)
    state.managedArguments = managed.map { .init(name: $0.name, arguments: $0.kernelArguments) }
    return IntentReading(state: state, issues: issues)
  }

  /// Returns everything that a reviewer of MachineConfigs should know before a cluster gets them, in the order of their
  /// places. What Ignition, the API server or the operator refuses, what leaves a pool Degraded, and what blocks a wanted
  /// module is an error.
  package static func lint(
    _ documents: [IntentDocument], roles: [String] = [], limits: IntentLimits = .standard
  ) -> [ConfigIssue] {
    var findings = Findings(for: .cluster)
    let objects = objects(of: documents, roles: roles, limits: limits, &findings)
    if objects.isEmpty, !findings.hasErrors, !findings.hasUnrendered {
      findings.warning(.noMachineConfig, at: start(of: documents), nothingFound)
    }
    for document in documents { SourceEncoding(document: document).report(&findings) }
    for object in objects { refusePathsAsIgnition(object, &findings) }
    for pool in pools(of: objects, limits: limits, &findings) {
      let merged = MergedConfig(pool)
      var builder = DesiredStateBuilder(limits: limits)
      builder.add(merged, &findings)
      let review = IntentReview(objects: pool, files: builder.files, demands: builder.demands)
      review.report(&findings, severity: .error)
      PoolReview(objects: pool, merged: merged, demands: builder.demands).report(&findings)
      if pool.contains(where: { !$0.isBareIgnition }) { review.reportStockBlacklist(&findings) }
    }
    return findings.sorted
  }

  /// Returns the MachineConfigs of each pool: those of its role, and those of the role worker, except for the pools of the
  /// control plane. A MachineConfig without a role is in every pool.
  private static func pools(
    of objects: [MachineConfigObject], limits: IntentLimits, _ findings: inout Findings
  ) -> [[MachineConfigObject]] {
    let byRole = Dictionary(grouping: objects.enumerated(), by: \.element.role)
    let roles = byRole.keys.compactMap(\.self).sorted()
    guard roles.count > 1 else { return [objects] }
    let shared = byRole[nil, default: []] + byRole[MachineConfigObject.workerRole, default: []]
    let files = shared.reduce(0) { $0 + 1 + ($1.element.config?.files.count ?? 0) }
    guard files * roles.count <= limits.pooledFiles else {
      findings.error(
        .tooMany, at: objects[0].at,
        "\(roles.count) roles, each with \(files) files and objects of the workers, are too many to check at once; use --role"
      )
      return []
    }
    return roles.map { role in
      var names: [String?] = [nil, role]
      if role != MachineConfigObject.workerRole, !MachineConfigObject.standaloneRoles.contains(role) {
        names.append(MachineConfigObject.workerRole)
      }
      return names.flatMap { byRole[$0, default: []] }.sorted { $0.offset < $1.offset }.map(\.element)
    }
  }

  private static let nothingFound =
    "found no MachineConfig and no Ignition config in the source; add one"

  private static func start(of documents: [IntentDocument]) -> SourceLocation {
    SourceLocation(file: documents.first?.name ?? BuiltinIntent.document.name, line: 1, column: 1)
  }

  private static func objects(
    of documents: [IntentDocument], roles: [String], limits: IntentLimits, _ findings: inout Findings
  ) -> [MachineConfigObject] {
    var search = MachineConfigSearch(limits: limits)
    for document in documents { search.read(document, &findings) }
    return selected(search.objects, roles: roles, &findings)
  }

  /// Reports the paths that are not simplified. Spec 3 refuses them, and the agent only ignores them.
  private static func refusePathsAsIgnition(_ object: MachineConfigObject, _ findings: inout Findings) {
    guard let config = object.config, config.version.major == 3 else { return }
    for file in config.files {
      let parts = file.path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
      guard file.path != "/", parts.contains(where: { $0.isEmpty || $0 == "." || $0 == ".." }) else { continue }
      findings.error(
        .path, at: file.at, "Ignition refuses the path '\(file.path)'; write it without '.', '..' and '//'")
    }
  }

  /// Returns the objects of the roles in the order of the merge. An Ignition config by itself has no role and is of every
  /// role, and so is the built-in intent.
  private static func selected(
    _ objects: [MachineConfigObject], roles: [String], _ findings: inout Findings
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
          "no MachineConfig has the role \(roles.joined(separator: " or ")); the roles in the source are: \(found)")
      }
    }
    return lastOfEachName(selected, &findings).sorted(by: MachineConfigObject.precedes)
  }

  /// Returns the last object of each name, as a cluster keeps it. A patch does not count beside the object of its name.
  private static func lastOfEachName(
    _ objects: [MachineConfigObject], _ findings: inout Findings
  ) -> [MachineConfigObject] {
    var kept: [MachineConfigObject] = []
    var seen: [String: SourceLocation] = [:]
    let whole = Set(objects.filter { !$0.isPatch }.map(\.name))
    for object in objects.reversed() where !(object.isPatch && whole.contains(object.name)) {
      if !object.isBareIgnition, !object.name.isEmpty {
        if let later = seen[object.name] {
          findings.warning(
            .duplicateName, at: object.at, "the MachineConfig '\(object.name)' is replaced by the one at \(later)")
          continue
        }
        seen[object.name] = object.at
      }
      kept.append(object)
    }
    return kept.reversed()
  }
}
