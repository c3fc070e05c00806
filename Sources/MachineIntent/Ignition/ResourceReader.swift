/// Reads `contents` and the entries of `append`.
struct ResourceReader {
  let version: IgnitionVersion
  /// Whether the machine-config operator reads the config too.
  let isForOperator: Bool

  func read(_ node: ConfigNode, _ path: String, _ findings: inout Findings) -> IgnitionFile.Resource {
    var resource = IgnitionFile.Resource(sourceAt: node.location)
    guard node.isMapping else {
      if !node.isNull { findings.error(.type, at: node.location, "the contents of '\(path)' must be an object") }
      return resource
    }
    node.warnOfKeys(
      known: ["source", "compression", "verification", "httpHeaders"], of: "the contents of a file", &findings)
    if let field = node[folding: "source"], field.string(named: "source", &findings) != nil {
      resource.sourceAt = field.location
      resource.size = field.bytes.count
      resource.source = source(field, of: path, &findings)
    }
    if let field = node[folding: "compression"], let compression = field.string(named: "compression", &findings) {
      // In spec 2 an empty field is an absent one.
      resource.compression = compression.isEmpty && version.major == 2 ? nil : compression
      if compression != "", compression != "gzip" {
        findings.error(
          .compression, at: field.location, "the compression '\(compression)' of '\(path)' is not known; only 'gzip' is"
        )
      }
    }
    if let field = node[folding: "verification"]?.object(named: "verification", &findings) {
      field.warnOfKeys(known: ["hash"], of: "verification", &findings)
      if let hash = field[folding: "hash"], let text = hash.string(named: "hash", &findings) {
        resource.hash = read(hash: text, at: hash.location, path, &findings)
        if version.major == 3, resource.source == nil {
          findings.error(.hash, at: hash.location, "'\(path)' has a hash and no source; add the source")
        }
      }
    }
    if version.hasHTTPHeaders {
      checkHeaders(
        node[folding: "httpHeaders"]?.list(named: "httpHeaders", &findings) ?? [], resource, path, &findings)
    }
    return resource
  }

  /// Checks that only a source that is fetched over HTTP has headers, and that each header name occurs once.
  private func checkHeaders(
    _ headers: [ConfigNode], _ resource: IgnitionFile.Resource, _ path: String, _ findings: inout Findings
  ) {
    guard let first = headers.first else { return }
    var isHTTP = false
    if case .remote(let url)? = resource.source { isHTTP = url.isHTTP }
    if !isHTTP {
      findings.error(
        .source, at: first.location,
        "'\(path)' has HTTP headers, but its source is not fetched over HTTP; remove the headers")
    }
    var names: Set<String> = []
    for header in headers {
      guard header.isMapping || header.isNull else {
        findings.error(.type, at: header.location, "an HTTP header of '\(path)' must be an object")
        continue
      }
      let name = header[folding: "name"]?.string(named: "name", &findings) ?? ""
      if let value = header[folding: "value"], value.string(named: "value", &findings) == "" {
        findings.error(.source, at: value.location, "an HTTP header of '\(path)' has an empty value")
      }
      if name.isEmpty {
        findings.error(.source, at: header.location, "an HTTP header of '\(path)' has no name")
      } else if !names.insert(name).inserted {
        findings.error(.source, at: header.location, "'\(path)' has the HTTP header '\(name)' twice")
      }
    }
  }

  private func read(hash text: String, at: SourceLocation, _ path: String, _ findings: inout Findings) -> ContentHash? {
    guard let dash = text.firstIndex(of: "-") else {
      findings.error(.hash, at: at, "the hash of '\(path)' must have the form sha512-DIGITS")
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

  /// Reads the text of `contents.source`.
  private func source(
    _ field: ConfigNode, of path: String, _ findings: inout Findings
  ) -> IgnitionFile.Resource.Source {
    let text = field.bytes
    guard !text.isEmpty else {
      if isForOperator {
        findings.refused(
          .emptySource, at: field.location,
          "the source of '\(path)' is empty: Ignition makes an empty file of it, but the machine-config daemon fails and "
            + "leaves the pool Degraded; write 'data:,'")
      }
      return .empty
    }
    let scheme = text.prefix { $0 != UInt8(ascii: ":") }
    guard scheme.map({ $0 | 0x20 }).elementsEqual("data".utf8), scheme.count < text.count else {
      return remote(field, of: path, &findings)
    }
    do throws(DataURL.Failure) {
      let url = try DataURL(text)
      try url.validate()
      if let control = url.controlOffset {
        findings.refused(
          .dataURLLineBreak, at: field.location(ofByte: control),
          "the data URL of '\(path)' has \(text[text.startIndex + control].name), which Ignition refuses; write it on one line"
        )
      }
      return .data(url)
    } catch {
      findings.error(
        .dataURLCharacter, at: field.location(ofByte: error.offset),
        "the data URL of '\(path)' is malformed: \(error.reason)")
      return .malformed
    }
  }

  private func remote(
    _ field: ConfigNode, of path: String, _ findings: inout Findings
  ) -> IgnitionFile.Resource.Source {
    do throws(RemoteURL.Failure) {
      let url = try RemoteURL(field.bytes, version: version)
      if isForOperator {
        findings.refused(
          .sourceNotData, at: field.location,
          "the source of '\(path)' must be fetched over \(url.scheme): Ignition does that, but the machine-config operator "
            + "refuses it; use a data URL")
      }
      return .remote(url)
    } catch {
      findings.error(.source, at: field.location, "the source of '\(path)' is malformed: \(error.reason)")
      return .malformed
    }
  }
}
