/// Reads `contents` and the entries of `append`.
struct ResourceReader {
  let version: IgnitionVersion
  let isForOperator: Bool

  private static let schemes: Set<String> = ["http", "https", "tftp", "s3", "gs", "arn", "oem", "data"]

  func read(_ node: ConfigNode, _ path: String, _ findings: inout Findings) -> IgnitionFile.Resource {
    var resource = IgnitionFile.Resource(sourceAt: node.location)
    guard node.isMapping else {
      if !node.isNull { findings.error(.type, at: node.location, "the contents of '\(path)' must be an object") }
      return resource
    }
    let fields = IgnitionReader(limits: .standard, isForOperator: isForOperator)
    fields.warnOfKeys(node, known: ["source", "compression", "verification", "httpHeaders"], &findings)
    if let field = fields.present(node[folding: "source"]), fields.string(field, named: "source", &findings) != nil {
      resource.source = field.bytes
      resource.sourceAt = field.location
      check(field.bytes, of: path, at: field.location, &findings)
    }
    if let field = fields.present(node[folding: "compression"]),
      let compression = fields.string(field, named: "compression", &findings)
    {
      resource.compression = compression
      if compression != "", compression != "gzip" {
        findings.error(
          .compression, at: field.location, "compression '\(compression)' of '\(path)' is not known; only gzip is")
      }
    }
    if let field = fields.object(node[folding: "verification"], named: "verification", &findings) {
      fields.warnOfKeys(field, known: ["hash"], &findings)
      if let hash = fields.present(field[folding: "hash"]), let text = fields.string(hash, named: "hash", &findings) {
        resource.hash = read(hash: text, at: hash.location, path, &findings)
        if version.major == 3, resource.source == nil {
          findings.error(.hash, at: hash.location, "'\(path)' has a hash and no source; add the source")
        }
      }
    }
    return resource
  }

  private func read(hash text: String, at: SourceLocation, _ path: String, _ findings: inout Findings) -> ContentHash? {
    guard let dash = text.firstIndex(of: "-") else {
      findings.error(.hash, at: at, "the hash of '\(path)' is not of the form sha512-DIGITS")
      return nil
    }
    let allows256 = version.major == 3 && version.minor >= 1
    guard let function = ContentHash.Function(rawValue: String(text[..<dash])), function == .sha512 || allows256 else {
      findings.error(
        .hash, at: at,
        "the hash function '\(text[..<dash])' of '\(path)' is not known to spec \(version); use sha512"
          + (allows256 ? " or sha256" : ""))
      return nil
    }
    let digest = text[text.index(after: dash)...]
    guard digest.utf8.count == function.digits else {
      findings.error(
        .hash, at: at,
        "the \(function.rawValue) of '\(path)' has \(digest.utf8.count) digits instead of \(function.digits)")
      return nil
    }
    return ContentHash(function: function, digest: digest.lowercased())
  }

  private func check(
    _ source: ArraySlice<UInt8>, of path: String, at: SourceLocation, _ findings: inout Findings
  ) {
    // An empty source is an empty file.
    guard !source.isEmpty else { return }
    let scheme = String(decoding: source.prefix { $0 != UInt8(ascii: ":") }, as: UTF8.self).lowercased()
    guard scheme.utf8.count < source.count, Self.schemes.contains(scheme) else {
      findings.error(
        .source, at: at, "the source of '\(path)' is no URL of a kind that Ignition reads; write 'data:,TEXT'")
      return
    }
    guard scheme == "data" else {
      if let byte = source.first(where: { $0 < 0x20 || $0 == 0x7F }) {
        findings.error(.source, at: at, "the source of '\(path)' holds \(DataURL.name(byte))")
      } else if Self.hasBadEscape(source) {
        findings.error(.source, at: at, "a '%' in the source of '\(path)' lacks its two hexadecimal digits")
      } else if isForOperator {
        findings.warning(
          .sourceNotData, at: at,
          "the source of '\(path)' is fetched over \(scheme), which the machine-config operator refuses; use a data URL"
        )
      }
      return
    }
    do {
      let url = try DataURL(source)
      _ = try url.decoded()
      if url.isBase64, url.encoded.contains(0x0A) {
        findings.warning(
          .dataURLLineBreak, at: at,
          "the base64 data of '\(path)' hold a line break, which Ignition may refuse; write them on one line")
      }
    } catch {
      findings.error(.dataURLCharacter, at: at, "the data URL of '\(path)' is malformed: \(error.reason)")
    }
  }

  private static func hasBadEscape(_ source: ArraySlice<UInt8>) -> Bool {
    source.indices.contains { index in
      source[index] == UInt8(ascii: "%")
        && !(index + 2 < source.endIndex && Hex.value(of: source[index + 1]) != nil
          && Hex.value(of: source[index + 2]) != nil)
    }
  }
}
