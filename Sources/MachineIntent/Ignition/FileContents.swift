/// Fetches and unpacks what a file of the merged config holds.
struct FileContents {
  /// What a source gave.
  enum Outcome {
    case bytes([UInt8])
    /// No source at all.
    case none
    /// It cannot be had here: why the file is not written.
    case unavailable(reason: String)
    /// A finding says why.
    case refused
  }

  let limits: IntentLimits
  /// What every gzip source of a reading may still inflate to.
  private(set) var inflatable: Int

  init(limits: IntentLimits) {
    self.limits = limits
    inflatable = limits.bytes
  }

  mutating func read(
    _ resource: IgnitionFile.Resource, of path: String, _ findings: inout Findings
  ) -> Outcome {
    guard let source = resource.source else { return .none }
    guard source.isEmpty || source.starts(with: DataURL.scheme) else {
      findings.warning(
        .sourceNotData, at: resource.sourceAt, "the agent fetches nothing, so '\(path)' is not written; use a data URL")
      return .unavailable(reason: "its source is not a data URL, and the agent fetches nothing")
    }
    guard var bytes = source.isEmpty ? [] : try? DataURL(source).decoded() else { return .refused }
    if resource.compression == "gzip" {
      do {
        bytes = try Gzip.inflate(bytes, limit: inflatable)
        inflatable -= bytes.count
      } catch {
        // What is left of the common limit says nothing to a person.
        if case .tooLong = error {
          findings.error(
            .tooLarge, at: resource.sourceAt,
            "the gzip contents of all files up to '\(path)' inflate to more than \(limits.bytes) bytes")
        } else {
          findings.error(
            .compression, at: resource.sourceAt, "the gzip contents of '\(path)' cannot be unpacked: \(error.reason)")
        }
        return .refused
      }
    }
    if let hash = resource.hash, !hash.matches(bytes) {
      findings.error(
        resource.hashIsInherited ? .hashInherited : .hashMismatch, at: resource.sourceAt,
        "the contents of '\(path)' do not give their \(hash.function.rawValue)"
          + (resource.hashIsInherited
            ? ", which another MachineConfig set; set verification.hash beside the new source"
            : "; correct one of them"))
      return .refused
    }
    return .bytes(bytes)
  }
}
