import Modprobe

/// The effects of several MachineConfigs on each other, and what the intent as a whole lacks.
struct IntentReview {
  /// The objects in the order of the merge.
  let objects: [MachineConfigObject]
  let files: [DesiredFile]
  let demands: ModuleDemands

  private static let sctp = ModuleName("sctp")

  func report(_ findings: inout Findings, severity: ConfigIssue.Severity) {
    reportBlocks(&findings, severity)
    KernelArgumentReview(objects: objects, wanted: wanted).report(&findings, severity)
    reportWorkerBeforePool(&findings)
    reportFirstBoot(&findings)
    if let demand = demands.keptOut.first(where: { $0.module == Self.sctp }) {
      findings.warning(
        .keptOut, at: demand.file.contentsAt,
        "'\(demand.file.path)' keeps sctp out and no file loads it: programs on the node cannot open SCTP sockets")
    }
  }

  private var wanted: [ModuleName] { demands.wanted.map(\.module) }

  /// Reports the rules of the intent that block a module which it wants. The agent does not change these files.
  private func reportBlocks(_ findings: inout Findings, _ severity: ConfigIssue.Severity) {
    let own = files.filter { $0.owner == .intent }
    let places = Dictionary(own.map { (PathKey($0.path), $0.contentsAt) }, uniquingKeysWith: { $1 })
    let conflicts = IntentConflicts(own)
    var seen: Set<IntentConflicts.Conflict> = []
    for conflict in conflicts.all(against: wanted) where seen.insert(conflict).inserted {
      let rule = conflict.rule
      guard let at = places[PathKey(rule.location.file)] else { continue }
      findings.add(
        severity, .blocked, at: at,
        "'\(rule.text.prefix(200))' (line \(rule.location.line) of '\(rule.location.file)') \(conflict.effect), which the "
          + "intent wants loaded; remove this line, or the line that loads it")
    }
    for (rule, option) in conflicts.invalidOptions(of: wanted) {
      guard let at = places[PathKey(rule.location.file)] else { continue }
      findings.add(
        severity, .invalidOption, at: at,
        "'\(rule.text.prefix(200))' (line \(rule.location.line) of '\(rule.location.file)'): \(option.message)")
    }
  }

  /// Warns of a file of the role worker that loses to one of a custom pool, whatever the names of the two
  /// MachineConfigs.
  private func reportWorkerBeforePool(_ findings: inout Findings) {
    var winners: [PathKey: [(pool: MachineConfigObject, file: IgnitionFile)]] = [:]
    for pool in objects {
      guard let role = pool.role, role != MachineConfigObject.workerRole,
        !MachineConfigObject.standaloneRoles.contains(role)
      else { continue }
      for file in Self.dropIns(of: pool) where file.contents.source != nil {
        winners[PathKey(file.path), default: []].append((pool, file))
      }
    }
    guard !winners.isEmpty else { return }
    for worker in objects where worker.role == MachineConfigObject.workerRole {
      for file in Self.dropIns(of: worker) {
        guard let (pool, winner) = winners[PathKey(file.path)]?.last,
          pool.name.utf8.lexicographicallyPrecedes(worker.name.utf8),
          winner.contents.source != file.contents.source
        else { continue }
        findings.warning(
          .workerBeforePool, at: file.at,
          "'\(file.path)' of '\(worker.name)' loses to that of '\(pool.name)': the operator merges the role worker before the "
            + "role '\(pool.role ?? "")', whatever the names")
      }
    }
  }

  private static func dropIns(of object: MachineConfigObject) -> [IgnitionFile] {
    object.config?.files.filter { WritablePath.Directory(of: $0.path) != nil } ?? []
  }

  /// Reports the files that fail on a new node, whose image already has the file, or on a managed node.
  private func reportFirstBoot(_ findings: inout Findings) {
    for object in objects {
      for file in Self.dropIns(of: object) {
        // Without the field, the operator uses true for its MachineConfigs, and Ignition itself uses false.
        let keeps = file.overwrite == false || file.overwrite == nil && object.isBareIgnition && Self.isStock(file.path)
        if keeps, file.append.isEmpty, file.contents.source != nil {
          findings.warning(
            .overwrite, at: file.at,
            "'\(file.path)' does not overwrite: Ignition fails on a new node whose image has the file; set overwrite: true"
          )
        }
        if file.isForOperator { Self.refuseAppend(file, &findings) }
      }
    }
  }

  static func refuseAppend(_ file: IgnitionFile, _ findings: inout Findings) {
    guard !file.append.isEmpty else { return }
    findings.refused(
      .append, at: file.at,
      "'\(file.path)' appends: Ignition does that, but the machine-config daemon fails and leaves the pool Degraded; write "
        + "the whole contents")
  }

  /// The files with which RHEL blacklists modules.
  private static let stock = [
    (sctp, MachineConfigRendering.blacklistPath("sctp")),
    (ModuleName("sctp_diag"), MachineConfigRendering.blacklistPath("sctp_diag")),
  ]

  private static func isStock(_ path: String) -> Bool { stock.contains { $0.1 == path } }

  /// Warns of the stock blacklist, which only matters for a cluster: on a node the agent removes it.
  func reportStockBlacklist(_ findings: inout Findings) {
    for (module, path) in Self.stock where wanted.contains(module) && !files.contains(where: { $0.path == path }) {
      guard let load = files.first(where: { WritablePath.Directory(of: $0.path) == .modulesLoad }) else { continue }
      findings.warning(
        .stillBlacklisted, at: load.contentsAt,
        "\(module) is to be loaded, but RHEL ships '\(path)', whose blacklist line stops systemd from loading it; add this "
          + "file with the source 'data:,'")
    }
  }
}
