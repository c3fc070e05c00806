// Fields as Go's JSON decoder takes them: null is "not said", a wrong type refuses the config.
extension IgnitionReader {
  func present(_ node: ConfigNode?) -> ConfigNode? { node.flatMap { $0.isNull ? nil : $0 } }

  func object(_ node: ConfigNode?, named name: String, _ findings: inout Findings) -> ConfigNode? {
    guard let node = present(node) else { return nil }
    guard node.isMapping else {
      findings.error(.type, at: node.location, "\(name) must be an object")
      return nil
    }
    return node
  }

  func list(_ node: ConfigNode?, named name: String, _ findings: inout Findings) -> [ConfigNode] {
    guard let node = present(node) else { return [] }
    guard node.isSequence else {
      findings.error(.type, at: node.location, "\(name) must be a list")
      return []
    }
    return node.elements
  }

  func string(_ node: ConfigNode, named name: String, _ findings: inout Findings) -> String? {
    guard !node.isNull else { return nil }
    guard node.value == .string else {
      findings.error(.type, at: node.location, "\(name) must be a string; put it in quotes")
      return nil
    }
    return node.text
  }

  func bool(_ node: ConfigNode?, named name: String, _ findings: inout Findings) -> Bool? {
    guard let node = present(node) else { return nil }
    guard case .bool(let value) = node.value else {
      findings.error(.type, at: node.location, "\(name) must be true or false, without quotes")
      return nil
    }
    return value
  }

  func integer(_ node: ConfigNode, named name: String, _ findings: inout Findings) -> Int64? {
    switch node.value {
    case .int(let value): return value
    case .float(let value?):
      // YAML's 420.0 becomes JSON's 420 on its way.
      if let exact = Int64(exactly: value) { return exact }
      fallthrough
    default:
      findings.error(.type, at: node.location, "\(name) must be a whole number, without quotes")
      return nil
    }
  }

  /// At most 64 known keys.
  func warnOfKeys(_ node: ConfigNode, known: [StaticString], _ findings: inout Findings) {
    var seen: UInt64 = 0
    node.forEachKey { key in
      guard let position = known.firstIndex(where: { key.equals($0, foldingCase: true) }) else {
        findings.warning(
          .unknownKey, at: key.location,
          "'\(key.text)' is no field here and is skipped; known: "
            + known.map { "\($0)" }.joined(separator: ", "))
        return
      }
      if seen & 1 << position != 0 {
        findings.warning(
          .duplicateKey, at: key.location, "'\(key.text)' stands twice here; the last one counts")
      }
      seen |= 1 << position
    }
  }
}
