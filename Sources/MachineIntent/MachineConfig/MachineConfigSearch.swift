/// Finds every MachineConfig of a source at every place where an object can be: a document, an item of a List, a field
/// that holds manifests (of a policy, a ManifestWork, a SyncSet, a Template …), and the texts of ConfigMaps and Secrets.
/// Also finds Ignition configs: as a document, and in the `ignitionConfigOverride` of a cluster's installation.
///
/// Other objects often name the kind MachineConfig without being one, for example in `ownerReferences`, in the target of
/// a patch or in a CustomResourceDefinition. They are passed over.
struct MachineConfigSearch {
  static let apiGroup = "machineconfiguration.openshift.io/"
  static let roleLabel: StaticString = "machineconfiguration.openshift.io/role"

  let limits: IntentLimits
  /// Whether the source is the machine-config daemon's own file. It may leave out the kind, because the daemon gets its
  /// objects from a cache that drops it.
  let isManaged: Bool
  private(set) var objects: [MachineConfigObject] = []
  private var filesRead = 0
  private var embeddedRead = 0
  /// The number of bytes to which packed embedded texts may still be inflated.
  private var inflatable: Int
  /// How many embedded texts contain the one that is being read.
  private var embedding = 0

  /// The facts about a place that follow from the objects around it.
  private struct Place {
    /// Whether an object is expected here, not merely possible.
    var isForObject = true
    /// Whether Advanced Cluster Management resolves templates here.
    var isInPolicy = false
    /// The parameters of the OpenShift template around it.
    var parameters: Set<String> = []

    func inside(isForObject: Bool) -> Place {
      var place = self
      place.isForObject = isForObject
      return place
    }
  }

  init(limits: IntentLimits, isManaged: Bool = false) {
    self.limits = limits
    self.isManaged = isManaged
    inflatable = limits.bytes
  }

  mutating func read(_ document: IntentDocument, _ findings: inout Findings) {
    let text = SourceText(limits: limits)
    let origin = TreeOrigin(source: document.name)
    guard let tree = text.tree(of: document.bytes, origin, &findings) else { return }
    if !isManaged, !tree.isJSON, let mark = TemplateMark(inCommentsOf: document.bytes) {
      mark.report(document.bytes, in: origin, &findings)
      return
    }
    for root in tree.documents { readRoot(root, &findings) }
  }

  private mutating func readRoot(_ root: ConfigNode, _ findings: inout Findings) {
    if root.isNull { return }
    guard !root.isScalar else {
      findings.error(.type, at: root.location, "expected an object, found the text '\(root.text.prefix(40))'")
      return
    }
    if root["kind"] == nil, root[folding: "ignitionVersion"]?.value == .int(1) {
      findings.warning(
        .operatorVersion, at: root.location,
        "an Ignition config of version 1 writes only to the file systems that it creates, so the agent has nothing to do for it"
      )
      objects.append(MachineConfigObject(name: root.tree.origin.source, isBareIgnition: true, at: root.location))
      return
    }
    if root["kind"] == nil, root[folding: "ignition"] != nil {
      readIgnition(root, &findings)
      return
    }
    if isManaged, root["kind"].map({ $0.isNull || $0.bytes.isEmpty }) ?? true, root["spec"]?.isMapping == true {
      readMachineConfig(root, Place(), &findings)
      return
    }
    let found = objects.count
    search(root, Place(), &findings)
    if objects.count > found, !isManaged { root.reportDuplicateKeys(&findings) }
  }

  /// Searches a node, and everything below it, for objects.
  private mutating func search(_ node: ConfigNode, _ place: Place, _ findings: inout Findings) {
    if node.isSequence {
      for element in node.elements { search(element, place, &findings) }
      return
    }
    guard node.isMapping else { return }
    if place.isForObject, let source = UnrenderedSource(node) {
      source.report(at: node.location, &findings)
      return
    }
    guard let kind = node["kind"], kind.isScalar else { return searchFields(of: node, kind: "", place, &findings) }
    let name = kind.text
    switch name {
    case "MachineConfig": readObject(node, kind, place, &findings)
    case "ConfigMap": searchTexts(node["data"], node["binaryData"], place, &findings)
    case "Secret": searchTexts(node["stringData"], node["data"], place, &findings)
    case "MachineConfigList":
      guard node["apiVersion"]?.text.hasPrefix(Self.apiGroup) ?? false else { return }
      // The items of such a list need not repeat their kind.
      for item in node["items"]?.elements ?? [] where item.isMapping { readMachineConfig(item, place, &findings) }
    default: searchFields(of: node, kind: name, place, &findings)
    }
  }

  /// Reads a node of the kind MachineConfig, unless it only names one.
  private mutating func readObject(
    _ node: ConfigNode, _ kind: ConfigNode, _ place: Place, _ findings: inout Findings
  ) {
    let hasSpec = node["spec"].map { !$0.isNull } ?? false
    guard hasSpec || place.isForObject && node["metadata"]?.isMapping ?? false else { return }
    guard let apiVersion = node["apiVersion"], !apiVersion.isNull else {
      if place.isForObject {
        findings.error(
          .apiVersion, at: kind.location, "the MachineConfig has no apiVersion; add 'apiVersion: \(Self.apiGroup)v1'")
      }
      return
    }
    guard apiVersion.text.hasPrefix(Self.apiGroup) else { return }
    if apiVersion.text != Self.apiGroup + "v1" {
      findings.warning(
        .apiVersion, at: apiVersion.location,
        "the apiVersion '\(apiVersion.text)' is not known, and is read as '\(Self.apiGroup)v1'")
    }
    readMachineConfig(node, place, &findings)
  }

  // MARK: The fields of other objects

  /// The fields of which each value is an object, whatever the kind that has them.
  private static let objectFields: [StaticString] = [
    "objectDefinition", "objects", "items", "manifests", "manifest", "definition", "resource_definition",
  ]
  /// The fields that hold patches and patterns, which look like objects.
  private static let patchFields: [StaticString] = [
    "patches", "patchesStrategicMerge", "patchesJson6902", "patchStrategicMerge", "pattern", "anyPattern",
  ]
  /// The fields that hold manifests as a text.
  private static let textFields: [StaticString] = ["object-templates-raw", "definition", "resource_definition"]
  /// The fields that hold an Ignition config as a text.
  private static let ignitionFields: [StaticString] = ["ignitionConfigOverride", "ignitionConfigOverrides"]
  /// The annotation of a BareMetalHost that does the same.
  private static let ignitionAnnotation: StaticString =
    "bmac.agent-install.openshift.io/ignition-config-overrides"

  private mutating func searchFields(
    of node: ConfigNode, kind: String, _ outer: Place, _ findings: inout Findings
  ) {
    var place = outer
    // A policy can demand that an object is absent.
    if let compliance = node["complianceType"], compliance.text.lowercased() == "mustnothave" { return }
    if !kind.isEmpty {
      if node["apiVersion"]?.text.hasPrefix("policy.open-cluster-management.io/") ?? false { place.isInPolicy = true }
      if kind == "Template" {
        let names = node["parameters"]?.elements.compactMap { $0["name"]?.text } ?? []
        place.parameters = Set(names)
      }
      if kind == "BareMetalHost", let override = node["metadata"]?["annotations"]?[Self.ignitionAnnotation] {
        readIgnitionText(override, &findings)
      }
    }
    for (key, value) in node.pairs {
      if value.isScalar {
        if Self.textFields.contains(where: { key.equals($0) }) {
          searchText(value, Array(value.bytes), value.originOfText, place, &findings)
        } else if Self.ignitionFields.contains(where: { key.equals($0) }) {
          readIgnitionText(value, &findings)
        }
        continue
      }
      // Metadata and status hold only references.
      if !kind.isEmpty, key.equals("metadata") || key.equals("status") { continue }
      if Self.patchFields.contains(where: { key.equals($0) }) { continue }
      let isForObject = Self.objectFields.contains { key.equals($0) }
      search(value, place.inside(isForObject: isForObject), &findings)
    }
  }

  // MARK: Texts

  /// Searches the values of a ConfigMap or a Secret, which are texts or base64 of texts.
  private mutating func searchTexts(
    _ texts: ConfigNode?, _ encoded: ConfigNode?, _ place: Place, _ findings: inout Findings
  ) {
    for (_, value) in texts?.pairs ?? [] where value.isScalar {
      searchText(value, Array(value.bytes), value.originOfText, place, &findings)
    }
    for (_, value) in encoded?.pairs ?? [] where value.isScalar {
      guard let bytes = Base64.decode(value.bytes) else { continue }
      searchText(value, bytes, value.originOfDecodedText, place, &findings)
    }
  }

  /// Searches a text that may hold manifests. A text that holds no MachineConfig is passed over, whatever it is.
  private mutating func searchText(
    _ value: ConfigNode, _ bytes: [UInt8], _ origin: TreeOrigin, _ place: Place, _ findings: inout Findings
  ) {
    guard embedding < 3, embeddedRead <= limits.files else { return }
    let isPacked = bytes.starts(with: Gzip.magic) || SourceText.isBase64OfGzip(bytes)
    guard isPacked || Self.holdsMachineConfig(bytes) else { return }
    embeddedRead += 1
    guard embeddedRead <= limits.files else {
      findings.error(
        .tooMany, at: value.location, "more than \(limits.files) texts may hold MachineConfigs; remove some of them")
      return
    }
    guard bytes.count <= limits.embedded else {
      findings.error(
        .tooLarge, at: value.location,
        "this text has \(bytes.count) bytes; at most \(limits.embedded) are read within a source: move it to a file of "
          + "its own")
      return
    }
    let source = SourceText(limits: limits)
    var text = bytes
    if isPacked {
      guard let unpacked = try? source.unpacked(bytes, limit: min(inflatable, limits.embedded)) else { return }
      inflatable -= unpacked.count
      guard Self.holdsMachineConfig(unpacked) else { return }
      text = unpacked
    }
    if place.isInPolicy, let mark = TemplateMark(in: text[...], ofPolicy: true) {
      findings.warning(.template, at: value.location(ofByte: mark.offset), "this text is \(mark.language.advice)")
      return
    }
    let textOrigin = isPacked ? value.originOfDecodedText : origin
    guard let tree = source.tree(ofUnpacked: text, textOrigin, &findings) else { return }
    embedding += 1
    for root in tree.documents where !root.isScalar {
      let found = objects.count
      search(root, place.inside(isForObject: true), &findings)
      if objects.count > found { root.reportDuplicateKeys(&findings) }
    }
    embedding -= 1
  }

  /// Whether a text has `kind: MachineConfig` or a list of them, in YAML or JSON. Many texts only mention the word.
  private static func holdsMachineConfig(_ text: [UInt8]) -> Bool {
    func isFiller(_ byte: UInt8) -> Bool { " \t\"'\\".utf8.contains(byte) }
    var position = text.startIndex
    let word = Array("MachineConfig".utf8)
    while let found = text[position...].firstIndex(of: word[0]) {
      position = found + 1
      guard text[found...].starts(with: word) else { continue }
      let rest = text[(found + word.count)...]
      let end = rest.starts(with: "List".utf8) ? rest.dropFirst(4) : rest
      if let next = end.first, next.isLetter || next.isDigit || next == UInt8(ascii: "-") { continue }
      guard let colon = text[..<found].lastIndex(where: { !isFiller($0) }), text[colon] == UInt8(ascii: ":") else {
        continue
      }
      guard let key = text[..<colon].lastIndex(where: { !isFiller($0) }) else { continue }
      if text[...key].suffix(4).elementsEqual("kind".utf8) { return true }
    }
    return false
  }

  // MARK: Ignition

  /// Reads an Ignition config that is a document.
  private mutating func readIgnition(_ root: ConfigNode, _ findings: inout Findings) {
    let node = root.tree.isJSON ? root.keepingKeyOrder() : root
    if let mark = Self.template(in: node, Place()) {
      findings.error(.template, at: mark.at, "this value is \(mark.language.advice)")
      return
    }
    if !isManaged { node.reportDuplicateKeys(&findings) }
    var object = MachineConfigObject(name: root.tree.origin.source, at: root.location)
    object.isBareIgnition = true
    let reader = IgnitionReader(limits: limits, isForOperator: false)
    object.config = reader.read(node, &findings)
    append(object, &findings)
  }

  /// Reads an Ignition config that is the text of a field. An empty text and an empty object are none.
  private mutating func readIgnitionText(_ value: ConfigNode, _ findings: inout Findings) {
    guard value.isScalar, !value.isNull, !value.bytes.isEmpty else { return }
    embeddedRead += 1
    guard embeddedRead <= limits.files, value.bytes.count <= limits.embedded else {
      findings.error(
        .tooLarge, at: value.location, "the Ignition config is too long, or is one of too many; use a separate file")
      return
    }
    let text = SourceText(limits: limits)
    guard let tree = text.tree(ofUnpacked: Array(value.bytes), value.originOfText, &findings) else { return }
    for root in tree.documents where root.isMapping && !root.pairs.isEmpty { readIgnition(root, &findings) }
  }

  // MARK: A MachineConfig

  private mutating func readMachineConfig(_ node: ConfigNode, _ place: Place, _ findings: inout Findings) {
    if !isManaged, let mark = Self.template(in: node, place) {
      // A policy and an OpenShift template are as they should be.
      let severity: ConfigIssue.Severity = place.isInPolicy || !place.parameters.isEmpty ? .warning : .error
      findings.add(severity, .template, at: mark.at, "this value is \(mark.language.advice)")
      return
    }
    append(MachineConfigReader(limits: limits).read(node, &findings), &findings)
  }

  /// Returns the first value or key of an object that a template engine has yet to replace.
  ///
  /// Free texts, such as those of units, may contain braces for other reasons. These count only if everything is a
  /// template.
  private static func template(
    in object: ConfigNode, _ place: Place
  ) -> (language: TemplateMark.Language, at: SourceLocation)? {
    let isRendered = place.isInPolicy || !place.parameters.isEmpty
    let texts = isRendered ? [] : MachineConfigReader.freeTexts(of: object)
    for node in object.descendants where node.isScalar && !texts.contains(node.index) {
      guard
        let mark = TemplateMark(of: place.parameters, in: node.bytes)
          ?? TemplateMark(in: node.bytes, ofPolicy: place.isInPolicy)
      else { continue }
      return (mark.language, node.location(ofByte: mark.offset))
    }
    for node in MachineConfigReader.names(of: object) {
      guard let mark = TemplateMark(variableIn: node.bytes) else { continue }
      return (mark.language, node.location(ofByte: mark.offset))
    }
    return nil
  }

  private mutating func append(_ object: MachineConfigObject, _ findings: inout Findings) {
    var object = object
    object.kernelArguments += object.config?.kernelArguments ?? []
    filesRead += object.config.map { $0.files.count + $0.elsewhere.count } ?? 0
    guard filesRead <= limits.files else {
      findings.error(
        .tooMany, at: object.at, "the intents have more than \(limits.files) files together; remove some of them")
      return
    }
    objects.append(object)
  }
}

extension ArraySlice<UInt8> {
  /// Whether the bytes contain `word`.
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
