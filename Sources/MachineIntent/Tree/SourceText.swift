/// Unpacks a source and reads it into a tree: gzip, base64 of gzip, JSON or YAML.
struct SourceText {
  let limits: IntentLimits

  /// Returns the tree of a source. Returns nil after adding the reason to the findings.
  func tree(of bytes: [UInt8], _ origin: TreeOrigin, _ findings: inout Findings) -> ConfigTree? {
    let start = origin.location(line: 1, column: 1)
    guard bytes.count <= limits.bytes else {
      findings.error(.tooLarge, at: start, "the source has \(bytes.count) bytes; at most \(limits.bytes) are read")
      return nil
    }
    do throws(Failure) {
      return tree(ofUnpacked: try unpacked(bytes, limit: limits.bytes), origin, &findings)
    } catch {
      findings.error(error.code, at: start, error.reason)
      return nil
    }
  }

  /// Returns the tree of a text that is not packed. Returns nil after adding the reason to the findings.
  func tree(ofUnpacked text: [UInt8], _ origin: TreeOrigin, _ findings: inout Findings) -> ConfigTree? {
    do throws(TreeFailure) {
      guard JSONScan.looksLikeJSON(text) else { return try YAMLScan.tree(of: text, origin, limits: limits) }
      do throws(TreeFailure) {
        return try JSONScan.tree(of: text, origin, limits: limits)
      } catch  where error.code == .syntax {
        return try flowYAML(text, origin, ifJSONFails: error)
      }
    } catch {
      let isScript = text.starts(with: "#!".utf8)
      guard error.code == .syntax,
        let template = isScript
          ? TemplateMark(inScript: text) ?? TemplateMark(inMalformed: text, failingAt: error.line)
          : TemplateMark(inMalformed: text, failingAt: error.line) ?? TemplateMark(inScript: text)
      else {
        findings.error(error, in: origin)
        return nil
      }
      template.report(text, in: origin, &findings)
      return nil
    }
  }

  /// A flow mapping of YAML begins like JSON. A text that is neither is reported as malformed JSON.
  private func flowYAML(
    _ text: [UInt8], _ origin: TreeOrigin, ifJSONFails failure: TreeFailure
  ) throws(TreeFailure) -> ConfigTree {
    do throws(TreeFailure) {
      return try YAMLScan.tree(of: text, origin, limits: limits)
    } catch {
      throw error.code == .syntax ? failure : error
    }
  }

  /// The reason why a source cannot be unpacked.
  struct Failure: Error {
    let code: IssueCode
    let reason: String
  }

  /// Returns the text of a source that may be gzip or base64 of gzip, and any other source unchanged.
  func unpacked(_ bytes: [UInt8], limit: Int) throws(Failure) -> [UInt8] {
    var packed = bytes
    if Self.isBase64OfGzip(bytes) {
      guard let decoded = Base64.decode(bytes.filter { $0 != 0x20 && $0 != 0x09 }) else {
        throw Failure(code: .unpack, reason: "the source begins like base64 of gzip, but the base64 is malformed")
      }
      packed = decoded
    }
    guard packed.starts(with: Gzip.magic) else { return packed }
    do {
      return try Gzip.inflate(packed, limit: limit)
    } catch {
      let code: IssueCode = if case .tooLong = error { .tooLarge } else { .unpack }
      throw Failure(code: code, reason: "failed to unpack the gzip source: \(error.reason)")
    }
  }

  /// Whether a text is base64 and begins with the first bytes of gzip.
  static func isBase64OfGzip(_ bytes: some Collection<UInt8>) -> Bool {
    bytes.drop { $0 == 0x20 || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }.starts(with: "H4sI".utf8)
  }
}
