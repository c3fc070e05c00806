/// Several configs merged as Ignition does it, with what the machine-config operator makes of the result.
struct MergedConfig {
  /// By path.
  private(set) var files: [String: IgnitionFile] = [:]
  /// Links and directories: paths where no file can be.
  private(set) var others: [String: SourceLocation] = [:]

  init(_ objects: [MachineConfigObject] = []) {
    for object in objects { merge(object) }
  }

  /// `object` over everything so far. A path that changes its kind loses what it was.
  mutating func merge(_ object: MachineConfigObject) {
    guard let config = object.config else { return }
    for node in config.links + config.directories {
      files[node.path] = nil
      others[node.path] = node.at
    }
    for var file in config.files {
      file.machineConfig = object.name
      others[file.path] = nil
      files[file.path] = files[file.path]?.merged(with: file) ?? file
    }
  }
}
