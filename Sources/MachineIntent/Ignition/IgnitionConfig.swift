/// The parts of an Ignition config that the agent reads.
struct IgnitionConfig {
  /// A link or a directory.
  struct Node {
    let path: String
    let at: SourceLocation
    /// The target of a link, or nil for a directory.
    var target: String?
  }

  /// A file on a file system that is not below the root, and the reason why it is not written.
  struct Elsewhere {
    let path: String
    let reason: String
    let at: SourceLocation
  }

  var version: IgnitionVersion
  var files: [IgnitionFile] = []
  /// The files on other file systems than the root's.
  var elsewhere: [Elsewhere] = []
  var links: [Node] = []
  var directories: [Node] = []
  var units: [IgnitionUnit] = []
  /// `kernelArguments.shouldExist` (from spec 3.3 on), which is added to the arguments of the MachineConfig itself.
  var kernelArguments: [(text: String, at: SourceLocation)] = []
}

/// One entry of `systemd.units`.
struct IgnitionUnit {
  var name: String
  var at: SourceLocation
  var isMasked = false
  /// The text of the unit and those of its drop-ins, with their places.
  var texts: [(text: String, node: ConfigNode)] = []

  /// The number of bytes that the texts have.
  var size: Int { texts.reduce(0) { $0 + $1.text.utf8.count } }

  /// Reads `systemd.units`. What Ignition itself refuses in it is in `UnitRules`.
  static func all(in config: ConfigNode) -> [IgnitionUnit] {
    (config[folding: "systemd"]?[folding: "units"]?.elements ?? []).compactMap { entry in
      guard let name = entry[folding: "name"], name.value == .string else { return nil }
      var unit = IgnitionUnit(name: name.text, at: name.location)
      unit.isMasked = entry[folding: "mask"]?.value == .bool(true)
      for part in [entry] + (entry[folding: "dropins"]?.elements ?? []) {
        if let contents = part[folding: "contents"], contents.value == .string {
          unit.texts.append((contents.text, contents))
        }
      }
      return unit
    }
  }
}
