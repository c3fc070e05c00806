import Modprobe

/// Builds the desired state from a merged config: which files the agent writes, and what the files demand.
struct DesiredStateBuilder {
  private let limits: IntentLimits
  private(set) var files: [DesiredFile] = []
  private var ignored: [DesiredState.IgnoredFile] = []
  private(set) var demands = ModuleDemands()
  private var dropInBytes = 0

  init(limits: IntentLimits) { self.limits = limits }

  mutating func add(_ config: MergedConfig, _ findings: inout Findings) {
    var contents = FileContents(limits: limits)
    for (key, at) in config.nonFiles.sorted(by: { $0.key < $1.key }) where WritablePath.isNear(key.path) {
      ignore(key.path, "the agent writes only files, no links and no directories", at: at, &findings)
    }
    for file in config.elsewhere { ignore(file.path, file.reason, at: file.at, &findings) }
    for file in config.files {
      if let reason = WritablePath.refusal(of: file.path) {
        ignore(file.path, reason, at: file.at, &findings)
        continue
      }
      if let desired = desired(file, &contents, &findings) { files.append(desired) }
    }
    files.sort { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    guard dropInBytes <= limits.dropIns else {
      findings.error(
        .tooLarge, at: files[0].at,
        "the drop-ins have \(dropInBytes) bytes together, which kmod and systemd read at every load; at most "
          + "\(limits.dropIns) are allowed")
      files = []
      return
    }
    demands.add(files)
    for (list, state) in [(demands.wanted, "loaded"), (demands.keptOut, "kept out")] where list.count > limits.modules {
      findings.error(
        .tooMany, at: list[0].file.contentsAt,
        "the intent wants \(list.count) modules \(state); at most \(limits.modules) are allowed")
      demands = ModuleDemands()
    }
  }

  /// Records a file that is not written. It is a finding only near the two directories: other files are common in a
  /// MachineConfig.
  private mutating func ignore(
    _ path: String, _ reason: String, at: SourceLocation, _ findings: inout Findings
  ) {
    ignored.append(.init(path: path, reason: reason))
    guard WritablePath.isNear(path) else { return }
    findings.warning(.ignored, at: at, "'\(path)' is not written: \(reason)")
  }

  private mutating func desired(
    _ file: IgnitionFile, _ reader: inout FileContents, _ findings: inout Findings
  ) -> DesiredFile? {
    var desired = DesiredFile(
      path: file.path, contents: nil,
      mode: file.mode.map { FileMode(UInt32($0 & (file.keepsSpecialBits ? 0o7777 : 0o777))) },
      user: file.user.principal,
      group: file.group.principal, at: file.at,
      contentsAt: (file.contents.source == nil ? file.append.first : nil)?.sourceAt ?? file.contents.sourceAt,
      machineConfig: file.machineConfig)
    switch reader.read(file.contents, of: file.path, &findings) {
    case .bytes(let bytes): desired.contents = bytes
    case .none: break
    case .refused: return nil
    case .unavailable(let reason):
      ignored.append(.init(path: file.path, reason: reason))
      return nil
    }
    for resource in file.append {
      switch reader.read(resource, of: file.path, &findings) {
      case .bytes(let bytes): desired.appended += bytes
      case .none: break
      case .refused: return nil
      case .unavailable(let reason):
        ignored.append(.init(path: file.path, reason: reason))
        return nil
      }
    }
    let contents = (desired.contents ?? []) + desired.appended
    guard contents.count <= limits.dropIn else {
      ignore(
        file.path, "it has \(contents.count) bytes; a drop-in may have at most \(limits.dropIn)", at: file.at, &findings
      )
      return nil
    }
    dropInBytes += contents.count
    guard dropInBytes <= limits.dropIns else { return desired }
    DropInReview(path: file.path, at: desired.contentsAt, contents: contents).report(&findings)
    return desired
  }

  /// Adds the files of the machine-config daemon, which win at their paths. Warns if an explicit intent differs.
  mutating func join(_ managed: ManagedConfiguration, _ findings: inout Findings) {
    var byPath = Dictionary(files.map { (PathKey($0.path), $0) }, uniquingKeysWith: { $1 })
    for file in managed.files {
      let key = PathKey(file.path)
      if let explicit = byPath[key], !Self.agree(explicit, file) {
        findings.warning(
          .managedDiffers, at: explicit.at,
          "'\(file.path)' of '\(explicit.machineConfig)' differs from that of '\(managed.name)' in \(managed.path); the "
            + "machine-config daemon's version wins")
      }
      byPath[key] = file
    }
    files = byPath.sorted { $0.key < $1.key }.map(\.value)
    reportOpposites(managed, &findings)
    demands.add(managed.files)
  }

  /// Warns if one of the two loads a module that the other keeps out. The built-in intent is not explicit.
  private func reportOpposites(_ managed: ManagedConfiguration, _ findings: inout Findings) {
    var theirs = ModuleDemands()
    theirs.add(managed.files)
    for (explicit, managedDemands, verbs) in [
      (demands.wanted, theirs.keptOut, ("loads", "keeps it out")),
      (demands.keptOut, theirs.wanted, ("keeps out", "loads it")),
    ] {
      for demand in explicit where demand.file.at.file != BuiltinIntent.document.name {
        guard let opposite = managedDemands.first(where: { $0.module == demand.module }) else { continue }
        findings.warning(
          .managedDiffers, at: demand.file.contentsAt,
          "'\(demand.file.path)' of '\(demand.file.machineConfig)' \(verbs.0) \(demand.module), but '\(opposite.file.path)' "
            + "of '\(managed.name)' in \(managed.path) \(verbs.1); the machine-config daemon's version wins")
      }
    }
  }

  private static func agree(_ explicit: DesiredFile, _ managed: DesiredFile) -> Bool {
    let contents = explicit.contents.map { $0 + explicit.appended }
    return (contents == nil && explicit.appended.isEmpty || contents == managed.contents)
      && (explicit.mode == nil || explicit.mode == managed.mode)
      && (explicit.user == nil || isSame(explicit.user, managed.user))
      && (explicit.group == nil || isSame(explicit.group, managed.group))
  }

  /// Whether both are the same account. Without one, the machine-config daemon uses root.
  private static func isSame(_ left: DesiredFile.Principal?, _ right: DesiredFile.Principal?) -> Bool {
    func normal(_ principal: DesiredFile.Principal?) -> DesiredFile.Principal {
      switch principal {
      case nil, .name("root"): .id(0)
      case let principal?: principal
      }
    }
    return normal(left) == normal(right)
  }

  func state(sources: [String], machineConfigs: [String], issues: [ConfigIssue]) -> DesiredState {
    let (wanted, keptOut) = (demands.wanted.map(\.module), demands.keptOut.map(\.module))
    return DesiredState(
      sources: sources, digest: StateDigest.of(files, wanted: wanted, keptOut: keptOut),
      machineConfigs: machineConfigs, files: files, wanted: wanted, keptOut: keptOut, ignored: ignored, issues: issues)
  }
}
