import Modprobe

/// The digest of everything in a desired state that decides about a node.
enum StateDigest {
  static func of(_ files: [DesiredFile], wanted: [ModuleName], keptOut: [ModuleName]) -> String {
    var bytes: [UInt8] = []
    // Each field has its length before it, so that two states never give the same bytes.
    func add(_ field: some Collection<UInt8>) {
      bytes += Array("\(field.count):".utf8) + Array(field)
    }
    for file in files {
      add(file.path.utf8)
      add(file.owner.rawValue.utf8)
      add((file.contents == nil ? "kept" : "set").utf8)
      add(file.contents ?? [])
      add(file.appended)
      add((file.mode?.description ?? "").utf8)
      for principal in [file.user, file.group] {
        switch principal {
        case .id(let id): add("id \(id)".utf8)
        case .name(let name): add("name \(name)".utf8)
        case nil: add("".utf8)
        }
      }
    }
    for module in wanted { add("wanted \(module)".utf8) }
    for module in keptOut { add("kept out \(module)".utf8) }
    return "sha256:" + ContentDigest.sha256(bytes)
  }
}
