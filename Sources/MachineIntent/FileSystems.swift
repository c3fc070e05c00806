/// The file systems that a config of spec 2 names: where each stands below the root.
struct FileSystems {
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

  /// What to put before a path; nil where the file system is not mounted below the root.
  func base(of name: String) -> String? { bases[name] }
}
