/// The file systems that a config of spec 2 names, and where each is below the root.
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

  /// Returns the whole path of a path in a file system, joined and simplified as Ignition and the machine-config operator
  /// do it. Returns nil if the file system is not below the root.
  func path(_ path: String, in name: String) -> String? {
    guard let base = bases[name] else { return nil }
    var parts: [Substring] = []
    for part in (base + "/" + path).split(separator: "/") where part != "." {
      if part == ".." { _ = parts.popLast() } else { parts.append(part) }
    }
    return "/" + parts.joined(separator: "/")
  }
}
