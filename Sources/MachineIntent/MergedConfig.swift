/// Several configs merged as Ignition does it.
struct MergedConfig {
  /// In the order in which the paths came up; nil where another kind took the path.
  private var entries: [IgnitionFile?] = []
  private var places: [String: Int] = [:]
  /// Links and directories: paths where no file can be.
  private(set) var others: [String: SourceLocation] = [:]

  init(_ objects: [MachineConfigObject] = []) {
    for object in objects { merge(object) }
  }

  var files: [IgnitionFile] { entries.compactMap(\.self) }

  /// `object` over everything so far. A path that changes its kind loses what it was.
  mutating func merge(_ object: MachineConfigObject) {
    guard let config = object.config else { return }
    for node in config.links + config.directories {
      if let place = places.removeValue(forKey: node.path) { entries[place] = nil }
      others[node.path] = node.at
    }
    places.reserveCapacity(places.count + config.files.count)
    for var file in config.files {
      file.machineConfig = object.name
      if !others.isEmpty { others[file.path] = nil }
      if let place = places[file.path] {
        entries[place] = entries[place]?.merged(with: file) ?? file
      } else {
        places[file.path] = entries.count
        entries.append(file)
      }
    }
  }
}
