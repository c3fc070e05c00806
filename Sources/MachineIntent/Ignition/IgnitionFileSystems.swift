/// The file systems that a config of spec 2 names: where each stands below the root.
struct IgnitionFileSystems {
  private var bases: [String: String] = ["root": ""]

  init(_ storage: ConfigNode) {
    for entry in storage[folding: "filesystems"]?.elements ?? [] {
      guard let name = entry[folding: "name"]?.text, let path = entry[folding: "path"], path.value == .string else {
        continue
      }
      var base = path.text[...]
      while base.last == "/" { base = base.dropLast() }
      bases[name] = String(base)
    }
  }

  /// The whole path of one in a file system, simplified as Ignition and the machine-config operator join them; nil where
  /// the file system is not mounted below the root.
  func path(_ path: String, in name: String) -> String? {
    guard let base = bases[name] else { return nil }
    var parts: [Substring] = []
    for part in (base + "/" + path).split(separator: "/") where part != "." {
      if part == ".." { _ = parts.popLast() } else { parts.append(part) }
    }
    return "/" + parts.joined(separator: "/")
  }
}
