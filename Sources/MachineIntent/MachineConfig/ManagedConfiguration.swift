/// The rendered MachineConfig that the machine-config daemon applied to this node. The daemon owns the paths in it.
package struct ManagedConfiguration: Hashable, Sendable {
  /// The file that holds it, such as `/etc/machine-config-daemon/currentconfig`.
  package let path: String
  /// The name of the rendered MachineConfig.
  package let name: String
  /// The files of the two drop-in directories, sorted by path.
  package let files: [DesiredFile]
  /// `spec.kernelArguments`, which the daemon keeps on the kernel command line.
  package let kernelArguments: [String]

  package init(path: String, name: String, files: [DesiredFile], kernelArguments: [String] = []) {
    self.path = path
    self.name = name
    self.files = files
    self.kernelArguments = kernelArguments
  }

  /// Reads the daemon's file by the daemon's own rules: a file without a source is empty, a file without a mode is 0644,
  /// and no file is too long.
  ///
  /// Returns nil if the file is empty, as HyperShift leaves it. Throws the reason if it cannot be read, or if the agent
  /// cannot know the contents of a file in it.
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
        .noMachineConfig, at: start,
        "the file of the machine-config daemon has no MachineConfig; look at the daemon's log")
    }
    var contents = FileContents(limits: limits)
    var files: [DesiredFile] = []
    for file in MergedConfig(search.objects).files where WritablePath.refusal(of: file.path) == nil {
      guard let desired = managed(file, &contents, &findings) else { continue }
      files.append(desired)
    }
    if let error = findings.sorted.first(where: { $0.severity == .error }) { throw error }
    files.sort { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    return ManagedConfiguration(
      path: path, name: search.objects.first?.name ?? "", files: files,
      kernelArguments: search.objects.flatMap(\.kernelArguments).map(\.text))
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
      // The daemon owns the path, so only the contents that are unknown here could be written.
      findings.error(
        .sourceNotData, at: file.contents.sourceAt, "the contents of '\(file.path)' are unknown: \(reason)")
      return nil
    }
    return DesiredFile(
      path: file.path, owner: .machineConfigDaemon, contents: bytes, mode: FileMode(UInt32(file.mode ?? 0o644)),
      user: file.user.principal, group: file.group.principal, at: file.at, machineConfig: file.machineConfig)
  }
}
