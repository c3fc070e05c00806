import Modprobe

/// Several configs merged as Ignition does it.
struct MergedConfig {
  /// In the order in which the paths came up; nil where another kind took the path.
  private var entries: [IgnitionFile?] = []
  private var places: [PathKey: Int] = [:]
  /// Links and directories: paths where no file can be.
  private(set) var others: [PathKey: SourceLocation] = [:]
  private(set) var elsewhere: [IgnitionConfig.Elsewhere] = []

  init(_ objects: [MachineConfigObject] = []) {
    for object in objects { merge(object) }
  }

  var files: [IgnitionFile] { entries.compactMap(\.self) }

  /// `object` over everything so far. A path that changes its kind loses what it was.
  private mutating func merge(_ object: MachineConfigObject) {
    guard let config = object.config else { return }
    elsewhere += config.elsewhere
    for node in config.links + config.directories {
      let key = PathKey(node.path)
      if let place = places.removeValue(forKey: key) { entries[place] = nil }
      others[key] = node.at
    }
    places.reserveCapacity(places.count + config.files.count)
    for var file in config.files {
      file.machineConfig = object.name
      let key = PathKey(file.path)
      if !others.isEmpty { others[key] = nil }
      if let place = places[key] {
        entries[place] = entries[place]?.merged(with: file) ?? file
      } else {
        places[key] = entries.count
        entries.append(file)
      }
    }
  }
}
