/// Reads MachineConfigs and Ignition configs into what the node should be.
package enum IntentReader {
  /// Reads every document, keeps the MachineConfigs of `roles` (all of them where it is empty), merges them in the
  /// machine-config operator's order and joins what the machine-config daemon already manages.
  package static func read(
    _ documents: [IntentDocument], roles: [String] = [], managed: ManagedConfiguration? = nil,
    limits: IntentLimits = .standard
  ) -> IntentReading {
    var findings = Findings()
    let objects = objects(of: documents, roles: roles, limits: limits, &findings)
    if objects.isEmpty, !findings.hasErrors {
      findings.error(.noMachineConfig, at: start(of: documents), nothingFound)
    }
    var assembly = DesiredStateBuilder(limits: limits)
    assembly.add(MergedConfig(objects), &findings)
    review(objects, assembly).report(&findings, severity: .warning)
    if let managed { assembly.join(managed, &findings) }
    let issues = findings.sorted
    guard !findings.hasErrors else { return IntentReading(state: nil, issues: issues) }
    var sources = documents.map(\.name)
    if let managed { sources.append(managed.path) }
    let state = assembly.state(sources: sources, machineConfigs: objects.map(\.name), issues: issues)
    return IntentReading(state: state, issues: issues)
  }

  /// Everything that a reviewer of MachineConfigs should know before a cluster gets them, sorted by place. What makes
  /// Ignition or the operator refuse them, or leaves a wanted module blocked, is an error.
  package static func lint(
    _ documents: [IntentDocument], roles: [String] = [], limits: IntentLimits = .standard
  ) -> [ConfigIssue] {
    var findings = Findings()
    let objects = objects(of: documents, roles: roles, limits: limits, &findings)
    if objects.isEmpty, !findings.hasErrors {
      findings.warning(.noMachineConfig, at: start(of: documents), nothingFound)
    }
    for document in documents { SourceEncoding(document: document).report(&findings) }
    for object in objects { refusePathsAsIgnition(object, &findings) }
    for pool in pools(of: objects, limits: limits, &findings) {
      var assembly = DesiredStateBuilder(limits: limits)
      assembly.add(MergedConfig(pool), &findings)
      let review = review(pool, assembly)
      review.report(&findings, severity: .error)
      if pool.contains(where: { !$0.isBareIgnition }) { review.reportStockBlacklist(&findings) }
    }
    return findings.sorted.map(asOriginals)
  }

  /// What the agent reads all the same, and Ignition refuses.
  private static func asOriginals(_ issue: ConfigIssue) -> ConfigIssue {
    guard issue.code == .dataURLLineBreak else { return issue }
    return ConfigIssue(.error, at: issue.at, code: issue.code, message: issue.message)
  }

  /// What each pool of nodes gets: a custom one its own MachineConfigs and the workers', the two of the control plane
  /// only theirs. What has no role counts for every pool.
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
        "\(roles.count) roles would each be checked with \(files) files and objects of the workers; check fewer at a time"
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
    "nothing here is a MachineConfig or an Ignition config; give one as the intent"

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

  private static func review(_ objects: [MachineConfigObject], _ assembly: DesiredStateBuilder) -> IntentReview {
    IntentReview(
      objects: objects, files: assembly.files, wishes: assembly.wishes)
  }

  /// Spec 3 refuses a path that is not simplified; the agent only leaves it out.
  private static func refusePathsAsIgnition(_ object: MachineConfigObject, _ findings: inout Findings) {
    guard let config = object.config, config.version.major == 3 else { return }
    for file in config.files {
      let parts = file.path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
      guard file.path != "/", parts.contains(where: { $0.isEmpty || $0 == "." || $0 == ".." }) else { continue }
      findings.error(
        .path, at: file.at, "the path '\(file.path)' is not simplified, which Ignition refuses; write it out")
    }
  }

  /// The objects that take part, in the order of the merge. A bare Ignition config has no role and always does, and so
  /// does the built-in intent.
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
          "no MachineConfig has the role \(roles.joined(separator: " or ")); the roles here are: \(found)")
      }
    }
    return lastOfEachName(selected, &findings).sorted(by: MachineConfigObject.precedes)
  }

  /// Applying two objects of one name leaves the last; a patch of a name is not applied by itself.
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
