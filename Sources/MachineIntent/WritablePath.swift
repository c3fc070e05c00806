import Modprobe

/// The paths that the agent may write: files named `*.conf` directly in the two drop-in directories.
package enum WritablePath {
  package enum Directory: String, CaseIterable, Sendable {
    case modprobe = "/etc/modprobe.d"
    case modulesLoad = "/etc/modules-load.d"

    /// The directory of a path, or nil if the path is directly in neither.
    package init?(of path: String) {
      guard let slash = path.lastSlash else { return nil }
      self.init(rawValue: String(path[..<slash]))
    }
  }

  /// Returns the reason why `path` may not be written, or nil if it may.
  package static func refusal(of path: String) -> String? {
    // A node has thousands of files, and only a few go further.
    guard isUnusual(path) || isNear(path) else { return elsewhere }
    // Bytes are compared, because a slash with a combining accent is one character of a string.
    let parts = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    if parts.contains(where: { $0.elementsEqual("..".utf8) }) { return "the path leaves its directory with '..'" }
    if parts.dropFirst().contains(where: { $0.isEmpty || $0.elementsEqual(".".utf8) }) {
      return "the path is not simplified; write it without '//' and '/./'"
    }
    guard Directory(of: path) != nil, let name = parts.last else {
      return isNear(path) && !Directory.allCases.contains { $0.rawValue == path }
        ? "kmod and systemd do not read directories below \(directories)" : elsewhere
    }
    guard name.ends(with: ".conf".utf8), name.count > ".conf".utf8.count, name.first != UInt8(ascii: ".") else {
      return "kmod and systemd read only names that end in .conf and do not begin with a dot"
    }
    guard name.count <= 255, !path.utf8.contains(0) else { return "the name is too long for a file, or contains NUL" }
    // This character replaces bytes that were not UTF-8, so the path would be that of another file.
    guard !path.unicodeScalars.contains("\u{FFFD}") else { return "the name is not UTF-8" }
    return nil
  }

  private static let directories = Directory.allCases.map(\.rawValue).joined(separator: " and ")
  private static let elsewhere = "the agent writes only files directly in \(directories)"

  /// Whether the simplified path is one of the two directories, or below one of them at any depth.
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

  /// Whether the path contains `/.` or `//`, so that its simplified form may differ.
  private static func isUnusual(_ path: String) -> Bool {
    var previous: UInt8 = 0
    for byte in path.utf8 {
      if previous == UInt8(ascii: "/"), byte == UInt8(ascii: ".") || byte == UInt8(ascii: "/") { return true }
      previous = byte
    }
    return false
  }
}
