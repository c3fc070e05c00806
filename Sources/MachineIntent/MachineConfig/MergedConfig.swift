import Modprobe

/// Several configs, merged as Ignition merges them.
struct MergedConfig {
  /// The files in the order of their first mention. Nil if the path became a link or a directory.
  private var entries: [IgnitionFile?] = []
  private var places: [PathKey: Int] = [:]
  /// The paths of links and directories, where no file can be.
  private(set) var nonFiles: [PathKey: SourceLocation] = [:]
  private(set) var elsewhere: [IgnitionConfig.Elsewhere] = []

  init(_ objects: [MachineConfigObject] = []) {
    for object in objects { merge(object) }
  }

  var files: [IgnitionFile] { entries.compactMap(\.self) }

  /// Merges `object` over the configs before it. A path that changes its kind loses its earlier fields.
  private mutating func merge(_ object: MachineConfigObject) {
    guard let config = object.config else { return }
    elsewhere += config.elsewhere
    for node in config.links + config.directories {
      let key = PathKey(node.path)
      if let place = places.removeValue(forKey: key) { entries[place] = nil }
      nonFiles[key] = node.at
    }
    places.reserveCapacity(places.count + config.files.count)
    for var file in config.files {
      file.machineConfig = object.name
      let key = PathKey(file.path)
      if !nonFiles.isEmpty { nonFiles[key] = nil }
      if let place = places[key] {
        entries[place] = entries[place]?.merged(with: file) ?? file
      } else {
        places[key] = entries.count
        entries.append(file)
      }
    }
  }
}
