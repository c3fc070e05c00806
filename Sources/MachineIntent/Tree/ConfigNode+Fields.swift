// Fields as Go's JSON decoder takes them: null is "not said", a wrong type refuses the config.
extension ConfigNode {
  /// nil for null.
  var present: ConfigNode? { isNull ? nil : self }

  /// nil for null, and where a finding says why.
  func object(named name: String, _ findings: inout Findings) -> ConfigNode? {
    guard !isNull else { return nil }
    guard isMapping else {
      findings.error(.type, at: location, "\(name) must be an object")
      return nil
    }
    return self
  }

  /// Empty for null, and where a finding says why.
  func list(named name: String, _ findings: inout Findings) -> [ConfigNode] {
    guard !isNull else { return [] }
    guard isSequence else {
      findings.error(.type, at: location, "\(name) must be a list")
      return []
    }
    return elements
  }

  /// nil for null, and where a finding says why.
  func string(named name: String, _ findings: inout Findings) -> String? {
    guard !isNull else { return nil }
    guard value == .string else {
      findings.error(.type, at: location, "\(name) must be a string; put it in quotes")
      return nil
    }
    return text
  }

  /// nil for null, and where a finding says why.
  func bool(named name: String, _ findings: inout Findings) -> Bool? {
    guard !isNull else { return nil }
    guard case .bool(let value) = value else {
      findings.error(.type, at: location, "\(name) must be true or false, without quotes")
      return nil
    }
    return value
  }

  /// nil for null, and where a finding says why.
  func integer(named name: String, _ findings: inout Findings) -> Int64? {
    switch value {
    case .null: return nil
    case .int(let value): return value
    case .float(let value?):
      // YAML's 420.0 becomes JSON's 420 on its way.
      if let exact = Int64(exactly: value) { return exact }
      fallthrough
    default:
      findings.error(.type, at: location, "\(name) must be a whole number, without quotes")
      return nil
    }
  }

  /// At most 64 known keys.
  func warnOfKeys(known: [StaticString], _ findings: inout Findings) {
    var seen: UInt64 = 0
    forEachKey { key in
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
