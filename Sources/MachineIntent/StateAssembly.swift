import Modprobe

/// Makes the desired state of a merged config: sorts out what the agent may write, and what the files ask for.
struct StateAssembly {
  private let limits: IntentLimits
  private(set) var files: [DesiredFile] = []
  private var ignored: [DesiredState.IgnoredFile] = []
  private(set) var wishes = ModuleWishes()

  init(limits: IntentLimits) { self.limits = limits }

  mutating func add(_ config: MergedConfig, _ findings: inout Findings) {
    var contents = FileContents(limits: limits)
    for (path, at) in config.others.sorted(by: { $0.key < $1.key }) where ManagedPath.isNear(path) {
      ignore(path, "a link or a directory there is not made; only files are", at: at, &findings)
    }
    for file in config.files {
      if let reason = file.refusal ?? ManagedPath.refusal(of: file.path) {
        ignore(file.path, reason, at: file.at, &findings)
        continue
      }
      if let desired = desired(file, &contents, &findings) { files.append(desired) }
    }
    files.sort { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    wishes.add(files)
  }

  /// Of the ignored ones, only those near the two directories are worth a finding: a MachineConfig has others by right.
  private mutating func ignore(
    _ path: String, _ reason: String, at: SourceLocation, _ findings: inout Findings
  ) {
    ignored.append(.init(path: path, reason: reason))
    guard ManagedPath.isNear(path) else { return }
    findings.warning(.ignored, at: at, "'\(path)' is not written: \(reason)")
  }

  private mutating func desired(
    _ file: IgnitionFile, _ reader: inout FileContents, _ findings: inout Findings
  ) -> DesiredFile? {
    var desired = DesiredFile(
      path: file.path, contents: nil, mode: file.mode.map { FileMode(UInt32($0)) }, user: file.user.principal,
      group: file.group.principal, at: file.at, machineConfig: file.machineConfig)
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
        file.path, "it has \(contents.count) bytes, and a drop-in at most \(limits.dropIn)", at: file.at, &findings)
      return nil
    }
    ContentFindings(path: file.path, at: file.contents.sourceAt, contents: contents).report(&findings)
    return desired
  }

  /// The machine-config daemon's files own their paths; where an explicit intent says something else, both are named.
  mutating func join(_ managed: ManagedConfiguration, _ findings: inout Findings) {
    var byPath = Dictionary(files.map { ($0.path, $0) }, uniquingKeysWith: { $1 })
    for file in managed.files {
      if let explicit = byPath[file.path], !Self.agree(explicit, file) {
        findings.warning(
          .managedDiffers, at: explicit.at,
          "'\(file.path)' of '\(explicit.machineConfig)' differs from that of '\(managed.name)' in \(managed.path), "
            + "which the machine-config daemon holds in place; its bytes stay")
      }
      byPath[file.path] = file
    }
    files = byPath.values.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    wishes.add(managed.files)
  }

  private static func agree(_ explicit: DesiredFile, _ managed: DesiredFile) -> Bool {
    let contents = explicit.contents.map { $0 + explicit.appended }
    return (contents == nil && explicit.appended.isEmpty || contents == managed.contents)
      && (explicit.mode == nil || explicit.mode == managed.mode)
  }

  func state(sources: [String], machineConfigs: [String], issues: [ConfigIssue]) -> DesiredState {
    DesiredState(
      sources: sources, digest: StateDigest.of(files, wanted: wishes.wanted, keptOut: wishes.keptOut),
      machineConfigs: machineConfigs, files: files, wanted: wishes.wanted, keptOut: wishes.keptOut, ignored: ignored,
      issues: issues)
  }
}
