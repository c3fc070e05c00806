import Modprobe

/// What the machine-config operator and its daemon make of all MachineConfigs of one pool.
struct PoolReview {
  /// The objects in the order of the merge.
  let objects: [MachineConfigObject]
  let merged: MergedConfig
  let demands: ModuleDemands

  /// The largest object that a cluster stores (etcd's limit for a request).
  private static let largestObject = 1_572_864
  private static let loadService = "systemd-modules-load.service"
  /// The places in which a mask hides the unit of the vendor and lasts over a boot: systemd.unit(5).
  private static let loadServiceFiles: Set<String> = [
    "/etc/systemd/system/\(loadService)", "/etc/systemd/system.control/\(loadService)",
    "/usr/local/lib/systemd/system/\(loadService)",
  ]
  /// The modules for which a load in another place is worth a warning.
  private static let modules = [ModuleName("sctp"), ModuleName("sctp_diag")]

  func report(_ findings: inout Findings) {
    for file in merged.files where file.isForOperator { IntentReview.refuseAppend(file, &findings) }
    reportMissingSources(&findings)
    reportSize(&findings)
    reportMaskedLoadService(&findings)
    reportLoadsElsewhere(&findings)
    let wanted = demands.wanted.map(\.module)
    SysctlReview(files: merged.files, wanted: wanted).report(&findings)
    KernelArgumentReview(objects: objects, wanted: wanted).reportKeptOut(&findings)
  }

  /// The operator sets `overwrite: true` in every merged file that leaves it out. Without a source, the result is
  /// malformed.
  private func reportMissingSources(_ findings: inout Findings) {
    for file in merged.files where file.isForOperator && file.contents.source == nil && file.append.isEmpty {
      switch file.overwrite {
      case nil:
        findings.refused(
          .overwrite, at: file.at,
          "'\(file.path)' has neither contents.source nor overwrite: Ignition accepts that, but the machine-config operator adds "
            + "'overwrite: true', cannot read the result, and does not render the pool; add a source, such as 'data:,'")
      case false?:
        findings.warning(
          .overwrite, at: file.at,
          "'\(file.path)' has overwrite false and no contents.source: Ignition keeps an existing file, but the machine-config "
            + "daemon empties it; add a source")
      case true?: break
      }
    }
  }

  private func reportSize(_ findings: inout Findings) {
    guard let first = objects.first(where: { !$0.isBareIgnition }) else { return }
    let files = merged.files.reduce(0) { total, file in
      total + file.path.utf8.count + file.contents.size + file.append.reduce(0) { $0 + $1.size }
    }
    let units = objects.flatMap { $0.config?.units ?? [] }.reduce(0) { $0 + $1.size }
    guard files + units > Self.largestObject else { return }
    findings.refused(
      .tooLarge, at: first.at,
      "the files and units of this pool have \(files + units) bytes together: the machine-config operator cannot store a "
        + "rendered MachineConfig of more than \(Self.largestObject); remove or shorten some of them")
  }

  private func reportMaskedLoadService(_ findings: inout Findings) {
    let configs = objects.compactMap(\.config)
    var places = configs.flatMap(\.units).filter { $0.name == Self.loadService && $0.isMasked }.map(\.at)
    let links = configs.flatMap(\.links).filter {
      Self.loadServiceFiles.contains($0.path) && $0.target == "/dev/null"
    }
    places += links.map(\.at)
    // A unit file without a byte is masked too (systemd.unit(5)).
    places += merged.files.filter { Self.loadServiceFiles.contains($0.path) && $0.isEmpty }.map(\.at)
    for object in objects {
      for (text, at) in object.kernelArguments {
        let masks = KernelCommandLine(Array(text.utf8)).loadServiceMask != nil
        if masks { places.append(at) }
      }
    }
    let wanted = demands.wanted.map(\.module.rawValue).joined(separator: ", ")
    for place in places {
      findings.add(
        demands.wanted.isEmpty ? .warning : .error, .loadServiceMasked, at: place,
        "\(Self.loadService) is masked, so nothing in /etc/modules-load.d is loaded at boot"
          + (wanted.isEmpty ? "" : ", and the intent wants \(wanted) loaded") + "; remove the mask")
    }
  }

  /// The agent learns only from load files which modules are wanted.
  private func reportLoadsElsewhere(_ findings: inout Findings) {
    let loaded = Set(demands.wanted.map(\.module))
    let advice =
      "the agent reads only from load files which modules are wanted; name the module in a file of "
      + "\(WritablePath.Directory.modulesLoad.rawValue)"
    let missing = Self.modules.filter { !loaded.contains($0) }
    for unit in objects.flatMap({ $0.config?.units ?? [] }) where !unit.isMasked {
      if missing.contains(where: { LoadCommands.isInstance(unit.name, loading: $0) }) {
        findings.warning(.loadElsewhere, at: unit.at, "the unit '\(unit.name)' loads its module: \(advice)")
      }
      for (text, node) in unit.texts {
        for (command, offset) in LoadCommands.all(of: missing, inUnit: text) {
          findings.warning(
            .loadElsewhere, at: node.location(ofByte: offset), "the unit '\(unit.name)' runs '\(command)': \(advice)")
        }
      }
    }
    for file in merged.files where WritablePath.Directory(of: file.path) == nil {
      for command in LoadCommands.all(of: missing, in: file) {
        findings.warning(
          .loadElsewhere, at: file.contents.sourceAt, "the file '\(file.path)' runs '\(command)': \(advice)")
      }
    }
    for object in objects {
      for (text, at) in object.kernelArguments {
        let modules = KernelCommandLine(Array(text.utf8)).modulesLoad
        for module in missing where modules.contains(module) {
          findings.warning(
            .loadElsewhere, at: at,
            "the kernel argument '\(text.prefix(100))' of '\(object.name)' loads \(module): \(advice)")
        }
      }
    }
  }
}
