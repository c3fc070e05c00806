/// The rendered MachineConfig that the machine-config daemon applied to this node: it owns the paths that it names.
package struct ManagedConfiguration: Hashable, Sendable {
  /// Where it was read, such as `/etc/machine-config-daemon/currentconfig`.
  package let path: String
  /// The rendered MachineConfig's name.
  package let name: String
  /// The files of the two drop-in directories, sorted by path.
  package let files: [DesiredFile]

  package init(path: String, name: String, files: [DesiredFile]) {
    self.path = path
    self.name = name
    self.files = files
  }

  /// Reads the daemon's file.
  ///
  /// Returns nil for an empty file (HyperShift leaves one); throws what makes it unreadable, a file of it that the agent
  /// cannot know among that. The daemon's own rules hold: a file without a source is empty, one without a mode is 0644,
  /// and none is too long.
  package static func read(
    path: String, bytes: [UInt8], limits: IntentLimits = .standard
  ) throws(ConfigIssue) -> ManagedConfiguration? {
    guard bytes.contains(where: { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09 }) else { return nil }
    var findings = Findings()
    var search = MachineConfigSearch(limits: limits, isManaged: true)
    search.read(IntentDocument(name: path, bytes: bytes), &findings)
    let start = SourceLocation(file: path, line: 1, column: 1)
    if search.objects.isEmpty, !findings.hasErrors {
      findings.error(
        .noMachineConfig, at: start, "the machine-config daemon's file holds no MachineConfig; see its own log")
    }
    var contents = FileContents(limits: limits)
    var files: [DesiredFile] = []
    for file in MergedConfig(search.objects).files where WritablePath.refusal(of: file.path) == nil {
      guard let desired = managed(file, &contents, &findings) else { continue }
      files.append(desired)
    }
    if let error = findings.sorted.first(where: { $0.severity == .error }) { throw error }
    files.sort { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    return ManagedConfiguration(path: path, name: search.objects.first?.name ?? "", files: files)
  }

  private static func managed(
    _ file: IgnitionFile, _ contents: inout FileContents, _ findings: inout Findings
  ) -> DesiredFile? {
    let bytes: [UInt8]
    switch contents.read(file.contents, of: file.path, &findings) {
    case .bytes(let decoded): bytes = decoded
    case .none: bytes = []
    case .refused: return nil
    case .unavailable(let reason):
      // The path is the daemon's all the same, and nothing may be written there but what is not known here.
      findings.error(
        .sourceNotData, at: file.contents.sourceAt, "the contents of '\(file.path)' are not known: \(reason)")
      return nil
    }
    return DesiredFile(
      path: file.path, owner: .machineConfigDaemon, contents: bytes, mode: FileMode(UInt32(file.mode ?? 0o644)),
      user: file.user.principal, group: file.group.principal, at: file.at, machineConfig: file.machineConfig)
  }
}
