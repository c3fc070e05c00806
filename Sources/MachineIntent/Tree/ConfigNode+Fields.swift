// Fields as Go's JSON decoder reads them: null means that the field is absent, and a wrong type is an error.
extension ConfigNode {
  /// This node, or nil if it is null.
  var present: ConfigNode? { isNull ? nil : self }

  /// Returns this node if it is a mapping. Returns nil for null, and for anything else after adding an error.
  func object(named name: String, _ findings: inout Findings) -> ConfigNode? {
    guard !isNull else { return nil }
    guard isMapping else {
      findings.error(.type, at: location, "\(name) must be an object")
      return nil
    }
    return self
  }

  /// Returns the elements of a sequence. Returns none for null, and none for anything else after adding an error.
  func list(named name: String, _ findings: inout Findings) -> [ConfigNode] {
    guard !isNull else { return [] }
    guard isSequence else {
      findings.error(.type, at: location, "\(name) must be a list")
      return []
    }
    return elements
  }

  /// Returns the text of a string. Returns nil for null, and for anything else after adding an error.
  func string(named name: String, _ findings: inout Findings) -> String? {
    guard !isNull else { return nil }
    guard value == .string else {
      findings.error(.type, at: location, "\(name) must be a string; put it in quotes")
      return nil
    }
    return text
  }

  /// Returns a boolean. Returns nil for null, and for anything else after adding an error.
  func bool(named name: String, _ findings: inout Findings) -> Bool? {
    guard !isNull else { return nil }
    guard case .bool(let value) = value else {
      findings.error(.type, at: location, "\(name) must be true or false, without quotes")
      return nil
    }
    return value
  }

  /// Returns a whole number. Returns nil for null, and for anything else after adding an error.
  func integer(named name: String, _ findings: inout Findings) -> Int64? {
    switch value {
    case .null: return nil
    case .int(let value): return value
    case .float(let value?):
      // YAML's 420.0 is written as 420 in JSON.
      if let exact = Int64(exactly: value) { return exact }
      fallthrough
    default:
      findings.error(.type, at: location, "\(name) must be a whole number, without quotes")
      return nil
    }
  }

  /// Warns of keys that are not among `known`, which are at most 64, and of keys that differ only in letter case.
  ///
  /// - Parameters:
  ///   - findings: receives the warnings.
  ///   - known: the fields that the object can have, at most 64.
  ///   - foldingCase: whether keys that differ only in letter case are reported.
  ///   - owner: the object that has the fields, such as `a file`.
  ///   - effect: what happens to an unknown field, as the end of the sentence.
  func warnOfKeys(
    known: [StaticString], of owner: String, effect: String = "Ignition ignores it", foldingCase: Bool = true,
    _ findings: inout Findings
  ) {
    var seen: [Int: String] = [:]
    forEachKey { key in
      guard let position = known.firstIndex(where: { key.equals($0, foldingCase: foldingCase) }) else {
        findings.warning(
          .unknownKey, at: key.location,
          "'\(key.text.prefix(100))' is not a field of \(owner): \(effect); the fields are "
            + known.map { "\($0)" }.joined(separator: ", "))
        return
      }
      let text = key.text
      if let other = seen[position], other != text {
        findings.warning(
          .duplicateKey, at: key.location,
          "'\(other)' and '\(text)' are one field, because letter case does not matter here; remove one of them")
      }
      seen[position] = text
    }
  }

  /// Reports every key that its mapping has twice, in this node and at any depth below it.
  ///
  /// YAML decoders of Kubernetes tools refuse such a file. JSON decoders take the last value.
  func reportDuplicateKeys(_ findings: inout Findings) {
    for mapping in descendants where mapping.isMapping {
      var seen: Set<ArraySlice<UInt8>> = []
      mapping.forEachKey { key in
        guard !seen.insert(key.bytes).inserted else { return }
        let name = key.text.prefix(100)
        if tree.isJSON {
          findings.warning(
            .duplicateKey, at: key.location, "the key '\(name)' is in this object twice, the last one wins; remove one")
        } else {
          findings.refused(
            .duplicateKey, at: key.location,
            "the key '\(name)' is in this mapping twice: kubectl refuses the file, other tools take the last one; "
              + "remove one")
        }
      }
    }
  }
}
