/// A file that may be part of the configuration of modprobe.d or modules-load.d.
package struct DropIn: Hashable, Sendable {
  /// The path on the node, such as `/etc/modprobe.d/sctp-blacklist.conf`.
  package let path: String
  /// The bytes of the file. Empty for a link to `/dev/null`, which only hides the files of its name in lower directories.
  package let contents: [UInt8]
  /// Whether it is a symlink that leads nowhere.
  package let isDangling: Bool
  /// Whether its mode keeps others than the owner and the group from reading it.
  package let isPrivate: Bool

  package init(path: String, contents: [UInt8], isDangling: Bool = false, isPrivate: Bool = false) {
    self.path = path
    self.contents = contents
    self.isDangling = isDangling
    self.isPrivate = isPrivate
  }

  /// The last component of the path, which decides order and precedence.
  package var name: String {
    guard let slash = path.lastSlash else { return path }
    return String(path[path.utf8.index(after: slash)...])
  }

  /// The path without its last component, such as `/etc/modprobe.d`.
  package var directory: String {
    guard let slash = path.lastSlash else { return "." }
    return String(path[..<slash])
  }
}

extension String {
  /// The place of the last slash, which is searched in the bytes; nil if there is none. Searching a string backwards
  /// takes ten times as long.
  package var lastSlash: Index? {
    let found = utf8.withContiguousStorageIfAvailable { $0.lastIndex(of: UInt8(ascii: "/")) }
    guard let found else { return utf8.lastIndex(of: UInt8(ascii: "/")) }
    return found.map { utf8.index(startIndex, offsetBy: $0) }
  }
}
