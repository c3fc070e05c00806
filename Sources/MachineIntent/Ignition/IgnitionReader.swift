import Modprobe

/// Reads an Ignition config, and finds what Ignition itself refuses in its version, files, contents and modes.
struct IgnitionReader {
  let limits: IntentLimits
  /// Whether the config is that of a MachineConfig, so that the machine-config operator's rules apply too.
  let isForOperator: Bool

  private static let fields: [StaticString] = [
    "ignition", "storage", "systemd", "passwd", "networkd", "kernelArguments",
  ]
  private static let storageFields: [StaticString] = [
    "files", "directories", "links", "disks", "raid", "filesystems", "luks",
  ]
  private static let entryFields2: [StaticString] = [
    "filesystem", "path", "append", "overwrite", "contents", "mode", "user", "group",
  ]
  private static let entryFields3: [StaticString] = [
    "path", "overwrite", "contents", "append", "mode", "user", "group",
  ]

  /// Returns the config. Returns nil after adding the reason to the findings.
  func read(_ node: ConfigNode, _ findings: inout Findings) -> IgnitionConfig? {
    guard node.isMapping else {
      findings.error(.type, at: node.location, "the Ignition config must be an object")
      return nil
    }
    guard let version = version(of: node, &findings) else { return nil }
    var config = IgnitionConfig(version: version)
    node.warnOfKeys(known: Self.fields, of: "an Ignition config", &findings)
    warnOfReferences(node, &findings)
    if isForOperator { OperatorRules.report(node, version, &findings) }
    if version >= .firstWithKernelArguments {
      let arguments = node[folding: "kernelArguments"]?[folding: "shouldExist"]?.elements ?? []
      config.kernelArguments = arguments.filter(\.isScalar).map { ($0.text, $0.location) }
    }
    UnitRules.report(node, version, &findings)
    config.units = IgnitionUnit.all(in: node)
    guard let storage = node[folding: "storage"]?.object(named: "storage", &findings) else { return config }
    storage.warnOfKeys(known: Self.storageFields, of: "storage", &findings)
    let fileSystems = version.major == 2 ? IgnitionFileSystems(storage) : nil
    config.links = nodes(storage[folding: "links"], named: "links", fileSystems, &findings)
    config.directories = nodes(storage[folding: "directories"], named: "directories", fileSystems, &findings)
    let entries = storage[folding: "files"]?.list(named: "storage.files", &findings) ?? []
    guard entries.count <= limits.files else {
      findings.error(
        .tooMany, at: storage.location, "\(entries.count) files in one config; at most \(limits.files) are read")
      return nil
    }
    for entry in entries {
      guard let (file, elsewhere) = file(entry, version, fileSystems, &findings) else { continue }
      if let elsewhere {
        config.elsewhere.append(.init(path: file.path, reason: elsewhere, at: file.at))
      } else {
        config.files.append(file)
      }
    }
    if version.major == 2 {
      config.files = Self.lastOfEachPath(config.files)
    } else {
      refuseDuplicates(config, &findings)
    }
    refuseFilesThroughLinks(config, &findings)
    return config
  }

  private func version(of node: ConfigNode, _ findings: inout Findings) -> IgnitionVersion? {
    let known = "Ignition reads 2.0.0 to 2.4.0 and 3.0.0 to 3.6.0"
    guard let section = node[folding: "ignition"], section.isMapping, let field = section[folding: "version"] else {
      findings.error(.ignitionVersion, at: node.location, "ignition.version is missing; \(known)")
      return nil
    }
    guard field.value == .string, let version = IgnitionVersion(field.text) else {
      findings.error(
        .ignitionVersion, at: field.location,
        "ignition.version '\(field.text)' is not known; \(known), each written as a string of three numbers")
      return nil
    }
    if isForOperator, !version.isForOperator {
      findings.refused(
        .operatorVersion, at: field.location,
        "Ignition reads version \(version), but the machine-config operator refuses it; write "
          + IgnitionVersion.operatorVersions)
    } else if version.isExperimental {
      findings.warning(
        .operatorVersion, at: field.location,
        "only experimental builds of Ignition read version \(version); write a version without '-experimental'")
    }
    return version
  }

  private func warnOfReferences(_ node: ConfigNode, _ findings: inout Findings) {
    guard let config = node[folding: "ignition"]?[folding: "config"], config.isMapping else { return }
    for key: StaticString in ["append", "merge", "replace"] {
      guard let reference = config[folding: key] else { continue }
      let sources = (reference.isSequence ? reference.elements : [reference]).compactMap { $0[folding: "source"] }
      guard sources.contains(where: { !$0.bytes.isEmpty && !$0.isNull }) else { continue }
      findings.warning(
        .configReference, at: reference.location,
        "ignition.config.\(key) refers to another config, which the agent does not fetch; add that config as an intent")
    }
  }

  /// Returns the links or directories below the root.
  private func nodes(
    _ node: ConfigNode?, named name: String, _ fileSystems: IgnitionFileSystems?, _ findings: inout Findings
  ) -> [IgnitionConfig.Node] {
    (node?.list(named: "storage.\(name)", &findings) ?? []).compactMap { entry in
      guard let path = entry[folding: "path"], path.value == .string else { return nil }
      let target = entry[folding: "target"].flatMap { $0.value == .string ? $0.text : nil }
      guard let fileSystems else { return IgnitionConfig.Node(path: path.text, at: path.location, target: target) }
      return fileSystems.path(path.text, in: entry[folding: "filesystem"]?.text ?? "").map {
        IgnitionConfig.Node(path: $0, at: path.location, target: target)
      }
    }
  }

  // MARK: A file

  /// Returns a file, and the reason why it is not below the root, or nil if it is. Returns nil after adding an error.
  private func file(
    _ entry: ConfigNode, _ version: IgnitionVersion, _ fileSystems: IgnitionFileSystems?, _ findings: inout Findings
  ) -> (file: IgnitionFile, elsewhere: String?)? {
    guard entry.isMapping else {
      if entry.isNull {
        findings.error(.path, at: entry.location, "a file has no path")
      } else {
        findings.error(.type, at: entry.location, "an entry of storage.files must be an object")
      }
      return nil
    }
    entry.warnOfKeys(
      known: version.major == 2 ? Self.entryFields2 : Self.entryFields3, of: "a file of spec \(version.major)",
      &findings)
    guard let pathNode = entry[folding: "path"]?.present, let path = pathNode.string(named: "path", &findings),
      !path.isEmpty
    else {
      if entry[folding: "path"]?.present?.value ?? .string == .string {
        findings.error(.path, at: entry.location, "a file has no path")
      }
      return nil
    }
    guard path.utf8.first == UInt8(ascii: "/") else {
      findings.error(.path, at: pathNode.location, "the path '\(path)' is not absolute; begin it with '/'")
      return nil
    }
    if let control = pathNode.bytes.firstIndex(where: { $0 < 0x20 || $0 == 0x7F }) {
      findings.warning(
        .nonPrinting, at: pathNode.location(ofByte: control - pathNode.bytes.startIndex),
        "the path '\(path)' contains \(pathNode.bytes[control].name), which is invisible; remove it")
    } else if let character = InvisibleCharacter(in: pathNode.bytes) {
      findings.warning(
        .nonPrinting, at: pathNode.location(ofByte: character.offset),
        "the path '\(path)' contains \(character.name), which is invisible; remove it")
    }
    var file = IgnitionFile(
      path: path, at: pathNode.location, contents: .init(sourceAt: entry.location), append: [],
      modeAt: entry.location, isForOperator: isForOperator)
    var elsewhere: String?
    if let fileSystems {
      let name = entry[folding: "filesystem"]?.string(named: "filesystem", &findings) ?? ""
      guard !name.isEmpty else {
        findings.error(
          .filesystem, at: entry.location, "'\(path)' has no filesystem; spec 2 needs one: write 'filesystem: root'")
        return nil
      }
      if let whole = fileSystems.path(path, in: name) {
        file.path = whole
      } else {
        elsewhere = "it is on the file system '\(name)', not on the root file system"
      }
    }
    file.overwrite = entry[folding: "overwrite"]?.bool(named: "overwrite", &findings)
    readMode(entry, version, &file, &findings)
    file.user = owner(entry[folding: "user"], named: "user", &findings)
    file.group = owner(entry[folding: "group"], named: "group", &findings)
    let resources = ResourceReader(version: version, isForOperator: isForOperator)
    let contentsNode = entry[folding: "contents"]?.object(named: "contents", &findings)
    if let contentsNode { file.contents = resources.read(contentsNode, file.path, &findings) }
    if isForOperator { OperatorRules.report(file, &findings) }
    if version.major == 2 {
      // In spec 2 a file without a source is empty.
      if file.contents.source == nil {
        file.contents.source = .empty
        if isForOperator {
          findings.refused(
            .emptySource, at: entry.location,
            "'\(path)' has no contents.source: Ignition makes an empty file, but the machine-config daemon fails and leaves "
              + "the pool Degraded; write 'source: data:,'")
        }
      }
      readAppend2(entry, &file, &findings)
    } else {
      file.append = (entry[folding: "append"]?.list(named: "append", &findings) ?? []).map {
        resources.read($0, file.path, &findings)
      }
      if file.overwrite == true, file.contents.source == nil {
        findings.error(
          .overwrite, at: entry.location,
          "'\(path)' has overwrite true and no contents.source, which Ignition refuses; add the source or remove overwrite"
        )
      }
    }
    return (file, elsewhere)
  }

  private func readMode(
    _ entry: ConfigNode, _ version: IgnitionVersion, _ file: inout IgnitionFile, _ findings: inout Findings
  ) {
    guard let node = entry[folding: "mode"], let mode = node.integer(named: "mode", &findings) else { return }
    file.modeAt = node.location
    guard mode >= 0, mode <= 0o7777 else {
      findings.error(
        .mode, at: node.location,
        "the mode \(node.text) of '\(file.path)' is not between 0 and 07777 (4095 in decimal); 0644 is 420 in decimal")
      return
    }
    file.mode = Int(mode)
    file.keepsSpecialBits = version >= .firstWithSpecialBits
    if let meant = Self.octalMeant(byDecimal: mode, writtenAs: node.text) {
      let advice =
        "the mode \(node.text) of '\(file.path)' is decimal and means \(FileMode(UInt32(mode))); "
        + "write \(meant.decimal), or 0\(meant.octal) in YAML"
      if isForOperator, mode > 0o777 {
        findings.refused(
          .modeNotOctal, at: node.location, advice + ": the machine-config operator refuses more than 0777")
      } else {
        findings.warning(.modeNotOctal, at: node.location, advice)
      }
    } else if mode > 0o777 {
      if isForOperator {
        findings.refused(
          .mode, at: node.location,
          "Ignition accepts the mode \(FileMode(UInt32(mode))) of '\(file.path)', but the machine-config operator refuses it; "
            + "write 0777 or less")
      } else if !file.keepsSpecialBits {
        findings.warning(
          .modeSpecialBits, at: node.location,
          "Ignition ignores the special bits of mode \(FileMode(UInt32(mode))) before spec \(IgnitionVersion.firstWithSpecialBits)"
        )
      }
    }
  }

  /// Returns the octal mode that a decimal number such as 644 or 755 was probably meant to be. Returns nil if the number
  /// was meant as it is.
  private static func octalMeant(byDecimal mode: Int64, writtenAs text: String) -> (octal: String, decimal: Int)? {
    guard text.utf8.first != UInt8(ascii: "0"), text == String(mode), let value = Int(text, radix: 8), value <= 0o777,
      value >= 0o400, mode > 0o777 || Self.usualModes.contains(value)
    else { return nil }
    return (text, value)
  }

  private static let usualModes: Set<Int> = [0o400, 0o440, 0o444, 0o600, 0o640, 0o644, 0o660, 0o664, 0o666]

  private func owner(_ node: ConfigNode?, named name: String, _ findings: inout Findings) -> IgnitionFile.Owner {
    guard let node = node?.object(named: name, &findings) else { return .init() }
    var owner = IgnitionFile.Owner()
    if let field = node[folding: "id"], let id = field.integer(named: "\(name).id", &findings) {
      // The last 32-bit number means "no change" to chown(2).
      owner.id = UInt32(exactly: id).flatMap { $0 == .max ? nil : $0 }
      if owner.id == nil {
        findings.warning(
          .owner, at: field.location,
          "\(name).id \(id) is not a valid ID, so the owner is not changed; write a number from 0 to 4294967294")
      }
    }
    if let text = node[folding: "name"]?.string(named: "\(name).name", &findings), !text.isEmpty { owner.name = text }
    if node[folding: "id"]?.present != nil, owner.name != nil {
      findings.error(.owner, at: node.location, "\(name) has an id and a name; keep one of them")
    }
    return owner
  }

  /// Applies `append` and the default of `overwrite` of spec 2, where `append` is a boolean and the contents are appended.
  private func readAppend2(_ entry: ConfigNode, _ file: inout IgnitionFile, _ findings: inout Findings) {
    guard entry[folding: "append"]?.bool(named: "append", &findings) == true else {
      file.overwrite = file.overwrite ?? true
      return
    }
    if file.overwrite == true {
      findings.error(.overwrite, at: entry.location, "'\(file.path)' has append and overwrite true; keep one of them")
    }
    file.overwrite = false
    file.append = [file.contents]
    file.contents = .init(sourceAt: file.contents.sourceAt)
  }

  // MARK: The config as a whole

  /// Returns the last file of each path: spec 2 allows a path twice, and the machine-config operator keeps the last.
  private static func lastOfEachPath(_ files: [IgnitionFile]) -> [IgnitionFile] {
    var seen: Set<PathKey> = []
    return files.reversed().filter { seen.insert(PathKey($0.path)).inserted }.reversed()
  }

  private func refuseDuplicates(_ config: IgnitionConfig, _ findings: inout Findings) {
    var seen: Set<PathKey> = []
    let places =
      config.directories.map { ($0.path, $0.at) } + config.files.map { ($0.path, $0.at) }
      + config.links.map { ($0.path, $0.at) }
    for (path, at) in places where !seen.insert(PathKey(path)).inserted {
      findings.error(.duplicatePath, at: at, "'\(path)' is in this config twice; spec 3 allows each path once")
    }
  }

  private func refuseFilesThroughLinks(_ config: IgnitionConfig, _ findings: inout Findings) {
    guard !config.links.isEmpty else { return }
    let links = Set(config.links.map { PathKey($0.path) })
    for file in config.files {
      var parent = file.path[...]
      while let slash = parent.utf8.lastIndex(of: UInt8(ascii: "/")), slash > parent.startIndex {
        parent = parent[..<slash]
        guard links.contains(PathKey(String(parent))) else { continue }
        findings.error(
          .throughLink, at: file.at,
          "the path '\(file.path)' leads through '\(parent)', which is a link of this config; write the real path")
        break
      }
    }
  }
}
