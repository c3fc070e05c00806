import Modprobe

/// Makes the desired state of a merged config: sorts out what the agent may write, and what the files ask for.
struct DesiredStateBuilder {
  private let limits: IntentLimits
  private(set) var files: [DesiredFile] = []
  private var ignored: [DesiredState.IgnoredFile] = []
  private(set) var wishes = ModuleDemands()
  private var dropInBytes = 0

  init(limits: IntentLimits) { self.limits = limits }

  mutating func add(_ config: MergedConfig, _ findings: inout Findings) {
    var contents = FileContents(limits: limits)
    for (key, at) in config.others.sorted(by: { $0.key < $1.key }) where WritablePath.isNear(key.path) {
      ignore(key.path, "a link or a directory there is not made; only files are", at: at, &findings)
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
        "the drop-ins have \(dropInBytes) bytes together, and kmod and systemd would read them at every load; at most "
          + "\(limits.dropIns) are taken")
      files = []
      return
    }
    wishes.add(files)
    for (wishes, are) in [(wishes.wanted, "loaded"), (wishes.keptOut, "kept out")] where wishes.count > limits.modules {
      findings.error(
        .tooMany, at: wishes[0].file.contentsAt,
        "\(wishes.count) modules are to be \(are); at most \(limits.modules) are taken")
      self.wishes = ModuleDemands()
    }
  }

  /// Of the ignored ones, only those near the two directories are worth a finding: a MachineConfig has others by right.
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
        file.path, "it has \(contents.count) bytes, and a drop-in at most \(limits.dropIn)", at: file.at, &findings)
      return nil
    }
    dropInBytes += contents.count
    guard dropInBytes <= limits.dropIns else { return desired }
    DropInReview(path: file.path, at: desired.contentsAt, contents: contents).report(&findings)
    return desired
  }

  /// The machine-config daemon's files own their paths; where an explicit intent says something else, both are named.
  mutating func join(_ managed: ManagedConfiguration, _ findings: inout Findings) {
    var byPath = Dictionary(files.map { (PathKey($0.path), $0) }, uniquingKeysWith: { $1 })
    for file in managed.files {
      let key = PathKey(file.path)
      if let explicit = byPath[key], !Self.agree(explicit, file) {
        findings.warning(
          .managedDiffers, at: explicit.at,
          "'\(file.path)' of '\(explicit.machineConfig)' differs from that of '\(managed.name)' in \(managed.path), "
            + "which the machine-config daemon holds in place; its bytes stay")
      }
      byPath[key] = file
    }
    files = byPath.sorted { $0.key < $1.key }.map(\.value)
    reportOpposites(managed, &findings)
    wishes.add(managed.files)
  }

  /// One of the two loads a module that the other keeps out. The built-in intent is nobody's word.
  private func reportOpposites(_ managed: ManagedConfiguration, _ findings: inout Findings) {
    var theirs = ModuleDemands()
    theirs.add(managed.files)
    for (ours, others, verbs) in [
      (wishes.wanted, theirs.keptOut, ("loads", "keeps it out")),
      (wishes.keptOut, theirs.wanted, ("keeps out", "loads it")),
    ] {
      for wish in ours where wish.file.at.file != BuiltinIntent.document.name {
        guard let other = others.first(where: { $0.module == wish.module }) else { continue }
        findings.warning(
          .managedDiffers, at: wish.file.contentsAt,
          "'\(wish.file.path)' of '\(wish.file.machineConfig)' \(verbs.0) \(wish.module), and '\(other.file.path)' of "
            + "'\(managed.name)' in \(managed.path), which the machine-config daemon holds in place, \(verbs.1); "
            + "its bytes stay")
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

  /// Whether both mean one account; the daemon gives what has none to root.
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
    let (wanted, keptOut) = (wishes.wanted.map(\.module), wishes.keptOut.map(\.module))
    return DesiredState(
      sources: sources, digest: StateDigest.of(files, wanted: wanted, keptOut: keptOut),
      machineConfigs: machineConfigs, files: files, wanted: wanted, keptOut: keptOut, ignored: ignored, issues: issues)
  }
}
