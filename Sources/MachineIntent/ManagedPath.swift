/// Which paths the agent may write: files named `*.conf` directly in the two drop-in directories.
package enum ManagedPath {
  package static let directories = ["/etc/modprobe.d", "/etc/modules-load.d"]

  /// Why `path` may not be written; nil where it may.
  package static func refusal(of path: String) -> String? {
    guard let slash = path.lastIndex(of: "/"), directories.contains(String(path[..<slash])) else {
      if path.split(separator: "/", omittingEmptySubsequences: false).contains("..") {
        return "the path leaves its directory with '..'"
      }
      return "only files directly in \(directories.joined(separator: " and ")) are written"
    }
    let name = path[path.index(after: slash)...]
    guard name.hasSuffix(".conf"), name.utf8.count > ".conf".utf8.count, !name.hasPrefix(".") else {
      return "kmod and systemd read only names that end in .conf and do not begin with a dot"
    }
    guard name.utf8.count <= 255, !path.utf8.contains(0) else { return "the name cannot be a file's name" }
    return nil
  }
}
