import Modprobe

/// What several MachineConfigs do to each other, and what the intent as a whole leaves undone.
struct IntentReview {
  /// In the order of the merge.
  let objects: [MachineConfigObject]
  let files: [DesiredFile]
  let wishes: ModuleDemands

  private static let sctp = ModuleName("sctp")

  func report(_ findings: inout Findings, severity: ConfigIssue.Severity) {
    reportBlocks(&findings, severity)
    reportKernelArguments(&findings, severity)
    reportWorkerBeforePool(&findings)
    reportFirstBoot(&findings)
    if let wish = wishes.keptOut.first(where: { $0.module == Self.sctp }) {
      findings.warning(
        .keptOut, at: wish.file.contentsAt,
        "'\(wish.file.path)' keeps sctp out and no file loads it: the node will refuse SCTP sockets")
    }
  }

  private var wanted: [ModuleName] { wishes.wanted.map(\.module) }

  /// Rules of the intent itself against modules that it wants: on these files the agent changes nothing.
  private func reportBlocks(_ findings: inout Findings, _ severity: ConfigIssue.Severity) {
    let own = files.filter { $0.owner == .intent }
    let places = Dictionary(own.map { (PathKey($0.path), $0.contentsAt) }, uniquingKeysWith: { $1 })
    var seen: Set<IntentConflicts.Conflict> = []
    for conflict in IntentConflicts(own).all(against: wanted) where seen.insert(conflict).inserted {
      let (rule, module) = (conflict.rule, conflict.module)
      guard let at = places[PathKey(rule.location.file)] else { continue }
      let stops =
        conflict.stopped == module.rawValue
        ? "stops \(module)" : "stops \(conflict.stopped), by which or with which the kernel loads \(module)"
      findings.add(
        severity, .blocked, at: at,
        "'\(rule.text.prefix(200))' (line \(rule.location.line) of '\(rule.location.file)') \(stops), which the intent wants "
          + "loaded; remove the line or the load")
    }
  }

  private func reportKernelArguments(_ findings: inout Findings, _ severity: ConfigIssue.Severity) {
    let arguments = objects.flatMap { object in object.kernelArguments.map { (object: object.name, $0.text, $0.at) } }
    guard !arguments.isEmpty, !wishes.wanted.isEmpty else { return }
    let lines = arguments.map { KernelCommandLine(Array($0.1.utf8)) }
    // Of several lists of the kernel's own, the last one counts.
    let refused = KernelCommandLine(Array(arguments.map(\.1).joined(separator: " ").utf8)).moduleBlacklist
    for module in wanted {
      var stoppers = lines.indices.filter { lines[$0].modprobeBlacklist.contains(module) }
      if refused.contains(module), let last = lines.lastIndex(where: { $0.moduleBlacklist.contains(module) }) {
        stoppers.append(last)
      }
      for (object, text, at) in Set(stoppers).sorted().map({ arguments[$0] }) {
        findings.add(
          severity, .blockedByKernelArguments, at: at,
          "the kernel argument '\(text.prefix(200))' of '\(object)' stops \(module), which the intent wants loaded")
      }
    }
  }

  /// A custom pool's MachineConfig wins over every worker one, whatever the numbers in their names.
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
          "'\(file.path)' of '\(worker.name)' loses to that of '\(pool.name)': the operator merges worker before the pool "
            + "'\(pool.role ?? "")', whatever the names")
      }
    }
  }

  private static func dropIns(of object: MachineConfigObject) -> [IgnitionFile] {
    object.config?.files.filter { WritablePath.Directory(of: $0.path) != nil } ?? []
  }

  /// Files that a node's image already has.
  private func reportFirstBoot(_ findings: inout Findings) {
    for object in objects {
      for file in Self.dropIns(of: object) {
        // Where nothing is said, the operator says true for its MachineConfigs, and Ignition by itself false.
        let keeps = file.overwrite == false || file.overwrite == nil && object.isBareIgnition && Self.isStock(file.path)
        if keeps, file.append.isEmpty, file.contents.source != nil {
          findings.warning(
            .overwrite, at: file.at,
            "'\(file.path)' does not overwrite: Ignition fails on a new node whose image has the file; set overwrite: true"
          )
        }
        if !file.append.isEmpty, !object.isBareIgnition {
          findings.warning(
            .append, at: file.at,
            "'\(file.path)' appends, at which the machine-config daemon makes the node Degraded; give the whole contents"
          )
        }
      }
    }
  }

  /// What RHEL ships.
  private static let stock = [
    (sctp, MachineConfigRendering.blacklistPath("sctp")),
    (ModuleName("sctp_diag"), MachineConfigRendering.blacklistPath("sctp_diag")),
  ]

  private static func isStock(_ path: String) -> Bool { stock.contains { $0.1 == path } }

  /// Only where a cluster is the target: on a node, the agent deals with it.
  func reportStockBlacklist(_ findings: inout Findings) {
    for (module, path) in Self.stock where wanted.contains(module) && !files.contains(where: { $0.path == path }) {
      guard let load = files.first(where: { WritablePath.Directory(of: $0.path) == .modulesLoad }) else { continue }
      findings.warning(
        .stillBlacklisted, at: load.contentsAt,
        "\(module) is to be loaded and '\(path)', which RHEL ships, is not emptied: systemd obeys its blacklist line; "
          + "add the file with the source 'data:,'")
    }
  }
}
