/// Unpacks a source and makes it a tree: gzip, base64 of gzip, JSON or YAML.
struct SourceText {
  let limits: IntentLimits

  /// nil where a finding says why.
  func tree(of bytes: [UInt8], _ origin: TreeOrigin, _ findings: inout Findings) -> ConfigTree? {
    let start = origin.location(line: 1, column: 1)
    guard bytes.count <= limits.bytes else {
      findings.error(.tooLarge, at: start, "the source has \(bytes.count) bytes; at most \(limits.bytes) are read")
      return nil
    }
    guard let text = unpacked(bytes, at: start, &findings) else { return nil }
    do throws(TreeFailure) {
      guard JSONScan.looksLikeJSON(text) else { return try YAMLScan.tree(of: text, origin, limits: limits) }
      do throws(TreeFailure) {
        return try JSONScan.tree(of: text, origin, limits: limits)
      } catch  where error.code == .syntax {
        return try flowYAML(text, origin, whereJSONSays: error)
      }
    } catch {
      findings.error(error, in: origin)
      return nil
    }
  }

  /// A flow collection of YAML begins as JSON does; what is neither is called malformed JSON.
  private func flowYAML(
    _ text: [UInt8], _ origin: TreeOrigin, whereJSONSays failure: TreeFailure
  ) throws(TreeFailure) -> ConfigTree {
    do throws(TreeFailure) {
      return try YAMLScan.tree(of: text, origin, limits: limits)
    } catch {
      throw error.code == .syntax ? failure : error
    }
  }

  private func unpacked(_ bytes: [UInt8], at start: SourceLocation, _ findings: inout Findings) -> [UInt8]? {
    var packed = bytes
    if Self.isBase64OfGzip(bytes) {
      guard let decoded = Base64.decode(bytes.filter { $0 != 0x20 && $0 != 0x09 }) else {
        findings.error(.unpack, at: start, "the source looks like base64 of gzip, and the base64 is malformed")
        return nil
      }
      packed = decoded
    }
    guard packed.starts(with: Gzip.magic) else { return packed }
    do {
      return try Gzip.inflate(packed, limit: limits.bytes)
    } catch {
      let code: IssueCode = if case .tooLong = error { .tooLarge } else { .unpack }
      findings.error(code, at: start, "the gzip source cannot be unpacked: \(error.reason)")
      return nil
    }
  }

  /// Base64 of gzip's magic and its only method.
  static func isBase64OfGzip(_ bytes: some Collection<UInt8>) -> Bool {
    bytes.drop { $0 == 0x20 || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }.starts(with: "H4sI".utf8)
  }
}
