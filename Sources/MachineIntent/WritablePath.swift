import Modprobe

/// Which paths the agent may write: files named `*.conf` directly in the two drop-in directories.
package enum WritablePath {
  package enum Directory: String, CaseIterable, Sendable {
    case modprobe = "/etc/modprobe.d"
    case modulesLoad = "/etc/modules-load.d"

    /// Returns nil for a path in neither.
    package init?(of path: String) {
      guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return nil }
      self.init(rawValue: String(path[..<slash]))
    }
  }

  /// Why `path` may not be written; nil where it may.
  package static func refusal(of path: String) -> String? {
    // Of thousands of files of a node, a handful go further.
    guard isUnusual(path) || isNear(path) else { return elsewhere }
    // By bytes: a slash with an accent upon it is no slash of a string.
    let parts = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    if parts.contains(where: { $0.elementsEqual("..".utf8) }) { return "the path leaves its directory with '..'" }
    if parts.dropFirst().contains(where: { $0.isEmpty || $0.elementsEqual(".".utf8) }) {
      return "the path is not simplified; write it without '//' and '/./'"
    }
    guard Directory(of: path) != nil, let name = parts.last else {
      return isNear(path) && !Directory.allCases.contains { $0.rawValue == path }
        ? "the directories below \(directories) are not read" : elsewhere
    }
    guard name.ends(with: ".conf".utf8), name.count > ".conf".utf8.count, name.first != UInt8(ascii: ".") else {
      return "kmod and systemd read only names that end in .conf and do not begin with a dot"
    }
    guard name.count <= 255, !path.utf8.contains(0) else { return "the name cannot be a file's" }
    // It stands for bytes that were not UTF-8: the path would lead to another file, or to none.
    guard !path.unicodeScalars.contains("\u{FFFD}") else { return "the name is not UTF-8" }
    return nil
  }

  private static let directories = Directory.allCases.map(\.rawValue).joined(separator: " and ")
  private static let elsewhere = "only files directly in \(directories) are written"

  /// Whether the path is one of the two directories, or in one of them at any depth, or would be if it were simplified.
  static func isNear(_ path: String) -> Bool {
    guard isUnusual(path) else { return path.utf8.starts(with: prefix) && isBelow(path) }
    let parts = path.split(separator: "/").filter { $0 != "." }
    if parts.contains("..") { return path.contains("modprobe.d") || path.contains("modules-load.d") }
    return isBelow("/" + parts.joined(separator: "/"))
  }

  private static let prefix = Array("/etc/mod".utf8)

  private static func isBelow(_ path: String) -> Bool {
    Directory.allCases.contains { path == $0.rawValue || path.utf8.starts(with: ($0.rawValue + "/").utf8) }
  }

  /// Whether `/.` or `//` stands in it, so that it may mean another path.
  private static func isUnusual(_ path: String) -> Bool {
    var previous: UInt8 = 0
    for byte in path.utf8 {
      if previous == UInt8(ascii: "/"), byte == UInt8(ascii: ".") || byte == UInt8(ascii: "/") { return true }
      previous = byte
    }
    return false
  }
}
