/// Finds every MachineConfig of a source, wherever it stands: alone, in a stream, in a List, in the data of a ConfigMap,
/// in a policy that carries objects; and an Ignition config that stands alone.
struct MachineConfigSearch {
  static let apiGroup = "machineconfiguration.openshift.io/"
  static let roleLabel: StaticString = "machineconfiguration.openshift.io/role"

  let limits: IntentLimits
  /// Whether the source is the machine-config daemon's own file: it may leave out what kind of object it is, because the
  /// daemon gets its objects from a cache that drops that.
  let isManaged: Bool
  private(set) var objects: [MachineConfigObject] = []
  private var filesRead = 0
  private var embeddedRead = 0
  /// Of embedded texts: how deep they stand in each other.
  private var embedding = 0

  init(limits: IntentLimits, isManaged: Bool = false) {
    self.limits = limits
    self.isManaged = isManaged
  }

  mutating func read(_ document: IntentDocument, _ findings: inout Findings) {
    let text = SourceText(limits: limits)
    guard let tree = text.tree(of: document.bytes, TreeOrigin(source: document.name), &findings) else { return }
    for root in tree.documents { readRoot(root, &findings) }
  }

  private mutating func readRoot(_ root: ConfigNode, _ findings: inout Findings) {
    if root.isNull { return }
    guard !root.isScalar else {
      findings.error(.type, at: root.location, "the document is no object, but text: '\(root.text.prefix(40))'")
      return
    }
    if root["kind"] == nil, root[folding: "ignitionVersion"]?.value == .int(1) {
      findings.warning(
        .operatorVersion, at: root.location,
        "a config of version 1 writes only to file systems of its own, so nothing of it concerns the agent")
      objects.append(MachineConfigObject(name: root.tree.origin.source, isBareIgnition: true, at: root.location))
      return
    }
    if root["kind"] == nil, root[folding: "ignition"] != nil {
      var object = MachineConfigObject(name: root.tree.origin.source, at: root.location)
      object.isBareIgnition = true
      let reader = IgnitionReader(limits: limits, isForOperator: false)
      object.config = reader.read(root, &findings)
      append(object, &findings)
      return
    }
    if isManaged, root["kind"].map({ $0.isNull || $0.bytes.isEmpty }) ?? true, root["spec"]?.isMapping == true {
      readMachineConfig(root, &findings)
      return
    }
    search(root, &findings)
  }

  private mutating func search(_ node: ConfigNode, _ findings: inout Findings) {
    if node.isSequence {
      for element in node.elements { search(element, &findings) }
      return
    }
    guard node.isMapping else { return }
    if let kind = node["kind"], let apiVersion = node["apiVersion"] {
      if kind.equals("MachineConfig"), apiVersion.text.hasPrefix(Self.apiGroup) {
        if apiVersion.text != Self.apiGroup + "v1" {
          findings.warning(
            .apiVersion, at: apiVersion.location, "'\(apiVersion.text)' is read as '\(Self.apiGroup)v1'")
        }
        readMachineConfig(node, &findings)
        return
      }
      if kind.equals("MachineConfigList"), apiVersion.text.hasPrefix(Self.apiGroup) {
        // The objects of such a list need not repeat what they are.
        for item in node["items"]?.elements ?? [] where item.isMapping { readMachineConfig(item, &findings) }
        return
      }
      if kind.equals("ConfigMap") {
        for (_, value) in node["data"]?.pairs ?? [] where embeddedRead <= limits.files {
          searchEmbedded(value, value.bytes, &findings)
        }
        for (_, value) in node["binaryData"]?.pairs ?? [] where embeddedRead <= limits.files {
          if let bytes = Base64.decode(value.bytes) { searchEmbedded(value, bytes[...], &findings) }
        }
        return
      }
    } else if let kind = node["kind"], kind.equals("MachineConfig") {
      findings.error(
        .apiVersion, at: kind.location, "the MachineConfig has no apiVersion; write '\(Self.apiGroup)v1'")
      return
    }
    // A policy may name objects that must not be there.
    if let compliance = node["complianceType"], compliance.text.lowercased() == "mustnothave" { return }
    for (_, value) in node.pairs where !value.isScalar { search(value, &findings) }
  }

  /// Reads the document that is all of a string, or what a string of base64 holds.
  private mutating func searchEmbedded(_ value: ConfigNode, _ bytes: ArraySlice<UInt8>, _ findings: inout Findings) {
    guard value.isScalar, embedding < 3 else { return }
    let isPacked = bytes.starts(with: Gzip.magic) || SourceText.isBase64OfGzip(bytes)
    guard isPacked || bytes.contains("MachineConfig") else { return }
    embeddedRead += 1
    guard embeddedRead <= limits.files else {
      findings.error(
        .tooMany, at: value.location, "more than \(limits.files) texts hold MachineConfigs; give fewer of them")
      return
    }
    guard let tree = embeddedTree(value, bytes, &findings) else { return }
    embedding += 1
    for root in tree.documents where !root.isScalar { search(root, &findings) }
    embedding -= 1
  }

  /// The tree of a string that holds a document.
  private func embeddedTree(
    _ value: ConfigNode, _ bytes: ArraySlice<UInt8>, _ findings: inout Findings
  ) -> ConfigTree? {
    guard bytes.count <= limits.embedded else {
      findings.error(
        .tooLarge, at: value.location,
        "a text of \(bytes.count) bytes within the source; at most \(limits.embedded) are read: give it as a source of its own"
      )
      return nil
    }
    return SourceText(limits: limits).tree(of: Array(bytes), value.originOfText, &findings)
  }

  private mutating func readMachineConfig(_ node: ConfigNode, _ findings: inout Findings) {
    let metadata = node["metadata"]
    var object = MachineConfigObject(name: "", at: node.location)
    if let name = metadata?["name"], name.isScalar, !name.isNull, !name.bytes.isEmpty {
      object.name = name.text
    } else {
      findings.warning(
        .noName, at: metadata?.location ?? node.location, "the MachineConfig has no metadata.name; a cluster refuses it"
      )
    }
    if let role = metadata?["labels"]?[Self.roleLabel], role.isScalar, !role.isNull {
      object.role = role.text
    } else if !object.name.hasPrefix("rendered-") {
      findings.warning(
        .noRole, at: metadata?.location ?? node.location,
        "the MachineConfig has no label \(Self.roleLabel), so no pool selects it")
    }
    guard let spec = node["spec"], spec.isMapping else {
      if let spec = node["spec"], !spec.isNull {
        findings.error(.type, at: spec.location, "spec must be an object")
      }
      object.isPatch = true
      append(object, &findings)
      return
    }
    for argument in spec["kernelArguments"]?.elements ?? [] where argument.isScalar {
      object.kernelArguments.append((argument.text, argument.location))
    }
    if let config = spec["config"], !config.isNull {
      object.config = ignition(config, &findings)
    }
    append(object, &findings)
  }

  private func ignition(_ config: ConfigNode, _ findings: inout Findings) -> IgnitionConfig? {
    let reader = IgnitionReader(limits: limits, isForOperator: true)
    guard config.isScalar else { return reader.read(config, &findings) }
    findings.warning(
      .configIsString, at: config.location, "spec.config is text that holds the config; write the object itself")
    guard let tree = embeddedTree(config, config.bytes, &findings), let root = tree.documents.first else { return nil }
    return reader.read(root, &findings)
  }

  private mutating func append(_ object: MachineConfigObject, _ findings: inout Findings) {
    var object = object
    object.kernelArguments += object.config?.kernelArguments ?? []
    filesRead += object.config.map { $0.files.count + $0.elsewhere.count } ?? 0
    guard filesRead <= limits.files else {
      findings.error(
        .tooMany, at: object.at, "the intents have more than \(limits.files) files together; give fewer of them")
      return
    }
    objects.append(object)
  }
}

extension ArraySlice<UInt8> {
  /// Whether `word` stands anywhere in it.
  func contains(_ word: StaticString) -> Bool {
    word.withUTF8Buffer { word in
      guard let first = word.first else { return true }
      var position = startIndex
      while let found = self[position...].firstIndex(of: first) {
        if self[found...].starts(with: word) { return true }
        position = found + 1
      }
      return false
    }
  }
}
