import Modprobe

/// What several MachineConfigs do to each other, and what the intent as a whole leaves undone.
struct IntentFindings {
  /// In the order of the merge.
  let objects: [MachineConfigObject]
  let files: [DesiredFile]
  let wanted: [ModuleName]
  let keptOut: [ModuleName]

  private static let sctp = ModuleName("sctp")

  func report(_ findings: inout Findings, severity: ConfigIssue.Severity) {
    reportBlocks(&findings, severity)
    reportKernelArguments(&findings, severity)
    reportWorkerBeforePool(&findings)
    reportFirstBoot(&findings)
    if keptOut.contains(Self.sctp), let file = files.first(where: { Self.rules(of: $0, about: Self.sctp).first != nil })
    {
      findings.warning(
        .keptOut, at: file.at, "'\(file.path)' keeps sctp out and no file loads it: the node will refuse SCTP sockets")
    }
  }

  /// Rules of the intent itself against modules that it wants: on these files the agent changes nothing.
  private func reportBlocks(_ findings: inout Findings, _ severity: ConfigIssue.Severity) {
    for file in files where file.owner == .intent {
      for module in wanted {
        for rule in Self.rules(of: file, about: module) {
          findings.add(
            severity, .blocked, at: file.at,
            "'\(rule.text)' (line \(rule.location.line) of '\(file.path)') stops \(module), which the intent wants loaded; "
              + "remove the line or the load")
        }
      }
    }
  }

  /// The rules of a file that stop a module.
  private static func rules(of file: DesiredFile, about module: ModuleName) -> [ModprobeRule] {
    guard ManagedPath.Directory(of: file.path) == .modprobe else { return [] }
    return ModprobeFile(path: file.path, contents: (file.contents ?? []) + file.appended).rules.filter {
      ModuleWishes.stopped(by: $0) == module
    }
  }

  private func reportKernelArguments(_ findings: inout Findings, _ severity: ConfigIssue.Severity) {
    for object in objects {
      for argument in object.kernelArguments {
        let line = KernelCommandLine(Array(argument.text.utf8))
        for module in wanted where (line.modprobeBlacklist + line.moduleBlacklist).contains(module) {
          findings.add(
            severity, .blockedByKernelArguments, at: argument.at,
            "the kernel argument '\(argument.text)' of '\(object.name)' stops \(module), which the intent wants loaded")
        }
      }
    }
  }

  /// A custom pool's MachineConfig wins over every worker one, whatever the numbers in their names.
  private func reportWorkerBeforePool(_ findings: inout Findings) {
    var winners: [String: [(pool: MachineConfigObject, file: IgnitionFile)]] = [:]
    for pool in objects {
      guard let role = pool.role, role != MachineConfigObject.workerRole,
        !MachineConfigObject.standaloneRoles.contains(role)
      else { continue }
      for file in Self.dropIns(of: pool) where file.contents.source != nil {
        winners[file.path, default: []].append((pool, file))
      }
    }
    guard !winners.isEmpty else { return }
    for worker in objects where worker.role == MachineConfigObject.workerRole {
      for file in Self.dropIns(of: worker) {
        guard let (pool, winner) = winners[file.path]?.last,
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
    object.config?.files.filter { ManagedPath.Directory(of: $0.path) != nil } ?? []
  }

  /// Files that a node's image already has.
  private func reportFirstBoot(_ findings: inout Findings) {
    for object in objects {
      for file in Self.dropIns(of: object) {
        if file.overwrite == false, file.append.isEmpty, file.contents.source != nil {
          findings.warning(
            .overwrite, at: file.at,
            "'\(file.path)' has overwrite false: Ignition fails on a new node whose image has the file; set overwrite: true"
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

  /// Only where a cluster is the target: on a node, the agent deals with it.
  func reportStockBlacklist(_ findings: inout Findings) {
    for (module, path) in [
      (Self.sctp, "/etc/modprobe.d/sctp-blacklist.conf"),
      (ModuleName("sctp_diag"), "/etc/modprobe.d/sctp_diag-blacklist.conf"),
    ] where wanted.contains(module) && !files.contains(where: { $0.path == path }) {
      guard let load = files.first(where: { ManagedPath.Directory(of: $0.path) == .modulesLoad }) else { continue }
      findings.warning(
        .stillBlacklisted, at: load.at,
        "\(module) is to be loaded and '\(path)', which RHEL ships, is not emptied: systemd obeys its blacklist line; "
          + "add the file with the source 'data:,'")
    }
  }
}
