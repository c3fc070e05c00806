/// Reads one MachineConfig, and finds what the API server refuses in it or drops from it.
struct MachineConfigReader {
  let limits: IntentLimits

  private static let fields: [StaticString] = ["apiVersion", "kind", "metadata", "spec", "status"]
  private static let metadataFields: [StaticString] = [
    "name", "labels", "annotations", "namespace", "generateName", "uid", "resourceVersion", "generation",
    "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "ownerReferences", "finalizers",
    "managedFields", "selfLink",
  ]
  private static let specFields: [StaticString] = [
    "config", "kernelArguments", "extensions", "fips", "kernelType", "osImageURL", "baseOSExtensionsContainerImage",
  ]

  private static let kernelTypes: Set<String> = ["", "default", "realtime", "64k-pages"]

  func read(_ node: ConfigNode, _ findings: inout Findings) -> MachineConfigObject {
    let dropped = "the API server drops it"
    node.warnOfKeys(known: Self.fields, of: "a MachineConfig", effect: dropped, foldingCase: false, &findings)
    let metadata = node["metadata"]
    metadata?.warnOfKeys(
      known: Self.metadataFields, of: "an object's metadata", effect: dropped, foldingCase: false, &findings)
    var object = MachineConfigObject(name: "", at: node.location)
    readName(metadata, node, &object, &findings)
    readLabels(metadata, node, &object, &findings)
    guard let spec = node["spec"], spec.isMapping else {
      if let spec = node["spec"], !spec.isNull {
        findings.error(.type, at: spec.location, "spec must be an object")
      }
      object.isPatch = true
      return object
    }
    spec.warnOfKeys(
      known: Self.specFields, of: "a MachineConfig's spec",
      effect:
        "the API server drops it, and the object goes to every node of its role, because it has no other selector",
      foldingCase: false, &findings)
    reportTypes(of: spec, &findings)
    for argument in spec["kernelArguments"]?.elements ?? [] where argument.isScalar {
      object.kernelArguments.append((argument.text, argument.location))
    }
    if let config = spec["config"], !config.isNull {
      object.config = ignition(config, &findings)
    }
    return object
  }

  private func readName(
    _ metadata: ConfigNode?, _ node: ConfigNode, _ object: inout MachineConfigObject, _ findings: inout Findings
  ) {
    guard let name = metadata?["name"], name.isScalar, !name.isNull, !name.bytes.isEmpty else {
      findings.warning(
        .noName, at: metadata?.location ?? node.location, "the MachineConfig has no metadata.name; a cluster refuses it"
      )
      return
    }
    object.name = name.text
    if name.value != .string {
      findings.refused(
        .type, at: name.location,
        "metadata.name must be a string, and the API server refuses anything else; write '\(name.text)' in quotes")
    } else if !KubernetesName.isSubdomain(name.bytes) {
      findings.refused(
        .invalidName, at: name.location,
        "the API server refuses the name '\(name.text.prefix(100))': a name has lower-case letters, digits, '-' and '.', "
          + "and begins and ends with a letter or a digit")
    }
  }

  private func readLabels(
    _ metadata: ConfigNode?, _ node: ConfigNode, _ object: inout MachineConfigObject, _ findings: inout Findings
  ) {
    let labels = metadata?["labels"]
    for (key, value) in labels?.pairs ?? [] {
      guard value.value == .string else {
        if !value.isNull {
          findings.refused(
            .type, at: value.location,
            "the label '\(key.text.prefix(100))' must be a string, and the API server refuses anything else; use quotes"
          )
        }
        continue
      }
      if !KubernetesName.isLabelValue(value.bytes) {
        findings.refused(
          .invalidName, at: value.location,
          "the API server refuses the label value '\(value.text.prefix(100))': it has letters, digits, '-', '_' and '.', at "
            + "most 63, and begins and ends with a letter or a digit")
      }
    }
    for (key, value) in metadata?["annotations"]?.pairs ?? [] where !value.isNull && value.value != .string {
      findings.refused(
        .type, at: value.location,
        "the annotation '\(key.text.prefix(100))' must be a string, and the API server refuses anything else; use quotes"
      )
    }
    if let role = labels?[MachineConfigSearch.roleLabel], role.isScalar, !role.isNull {
      object.role = role.text
    } else if !object.name.hasPrefix("rendered-") {
      findings.warning(
        .noRole, at: metadata?.location ?? node.location,
        "the MachineConfig has no label \(MachineConfigSearch.roleLabel), so no pool selects it; add the label")
    }
  }

  /// Reports the fields of a spec that the API server refuses because of their type.
  private func reportTypes(of spec: ConfigNode, _ findings: inout Findings) {
    func refuse(_ node: ConfigNode, _ name: String, _ type: String) {
      findings.refused(
        .type, at: node.location, "spec.\(name) must be \(type), and the API server refuses anything else")
    }
    for (name, node) in [("kernelArguments", spec["kernelArguments"]), ("extensions", spec["extensions"])] {
      guard let node, !node.isNull else { continue }
      guard node.isSequence else {
        refuse(node, name, "a list of strings")
        continue
      }
      for element in node.elements where element.value != .string { refuse(element, name, "a list of strings") }
    }
    for (name, node) in [("kernelType", spec["kernelType"]), ("osImageURL", spec["osImageURL"])] {
      if let node, !node.isNull, node.value != .string { refuse(node, name, "a string") }
    }
    if let kernel = spec["kernelType"], kernel.value == .string, !Self.kernelTypes.contains(kernel.text) {
      findings.refused(
        .type, at: kernel.location,
        "the kernelType '\(kernel.text.prefix(40))' is not known: the machine-config operator does not render the pool; use "
          + "default, realtime or 64k-pages")
    }
    if let fips = spec["fips"], !fips.isNull, fips.value != .bool(true), fips.value != .bool(false) {
      refuse(fips, "fips", "true or false without quotes")
    }
  }

  private func ignition(_ config: ConfigNode, _ findings: inout Findings) -> IgnitionConfig? {
    let reader = IgnitionReader(limits: limits, isForOperator: true)
    guard config.isScalar else { return reader.read(config, &findings) }
    findings.warning(
      .configIsString, at: config.location, "spec.config is a text that holds the config; write the object itself")
    guard config.bytes.count <= limits.embedded else {
      findings.error(
        .tooLarge, at: config.location,
        "spec.config has \(config.bytes.count) bytes; at most \(limits.embedded) are read as a text")
      return nil
    }
    let text = SourceText(limits: limits)
    guard let tree = text.tree(of: Array(config.bytes), config.originOfText, &findings), let root = tree.documents.first
    else { return nil }
    return reader.read(root, &findings)
  }

  // MARK: Parts that are looked at before the object is read

  /// The scalars that cannot contain a literal variable: names, labels, versions and paths.
  static func names(of node: ConfigNode) -> [ConfigNode] {
    var names = node["metadata"]?["labels"]?.pairs.map(\.value) ?? []
    if let name = node["metadata"]?["name"] { names.append(name) }
    let config = node["spec"]?["config"] ?? node
    if let version = config[folding: "ignition"]?[folding: "version"] { names.append(version) }
    return names.filter(\.isScalar)
  }

  /// The entries that are texts of any kind: those of systemd's units, and annotations.
  static func freeTexts(of node: ConfigNode) -> Set<Int> {
    let config = node["spec"]?["config"] ?? node
    var entries = Set(node["metadata"]?["annotations"]?.pairs.map(\.value.index) ?? [])
    for unit in config[folding: "systemd"]?[folding: "units"]?.elements ?? [] {
      for part in [unit] + (unit[folding: "dropins"]?.elements ?? []) {
        if let contents = part[folding: "contents"] { entries.insert(contents.index) }
      }
    }
    return entries
  }
}
