/// Decodes, unpacks and verifies the contents of the files of one reading.
struct FileContents {
  /// The result for one source.
  enum Outcome {
    case bytes([UInt8])
    /// The file has no source.
    case none
    /// The agent cannot get the contents, so the file is not written.
    case unavailable(reason: String)
    /// The contents are wrong. A finding gives the reason.
    case refused
  }

  let limits: IntentLimits
  /// The number of bytes to which gzip sources of this reading may still be inflated.
  private(set) var inflatable: Int

  init(limits: IntentLimits) {
    self.limits = limits
    inflatable = limits.bytes
  }

  mutating func read(
    _ resource: IgnitionFile.Resource, of path: String, _ findings: inout Findings
  ) -> Outcome {
    var bytes: [UInt8] = []
    switch resource.source {
    case nil: return .none
    case .malformed: return .refused
    case .empty: break
    case .remote:
      findings.warning(
        .sourceNotData, at: resource.sourceAt,
        "'\(path)' is not written: the agent does not fetch sources; use a data URL")
      return .unavailable(reason: "its source is not a data URL, and the agent does not fetch sources")
    case .data(let url):
      guard let decoded = try? url.decoded() else { return .refused }
      bytes = decoded
    }
    if resource.compression == "gzip" {
      do {
        bytes = try Gzip.inflate(bytes, limit: inflatable)
        inflatable -= bytes.count
      } catch {
        // The limit is common to all files, so the rest of it explains nothing.
        if case .tooLong = error {
          findings.error(
            .tooLarge, at: resource.sourceAt,
            "the gzip contents of the files up to '\(path)' inflate to more than \(limits.bytes) bytes together")
        } else {
          findings.error(
            .compression, at: resource.sourceAt, "failed to unpack the gzip contents of '\(path)': \(error.reason)")
        }
        return .refused
      }
    }
    if let hash = resource.hash, !hash.matches(bytes) {
      findings.error(
        resource.hashIsInherited ? .hashInherited : .hashMismatch, at: resource.sourceAt,
        "the contents of '\(path)' do not match their \(hash.function.rawValue)"
          + (resource.hashIsInherited
            ? ", which another MachineConfig sets; set verification.hash beside the new source"
            : "; correct one of them"))
      return .refused
    }
    return .bytes(bytes)
  }
}
