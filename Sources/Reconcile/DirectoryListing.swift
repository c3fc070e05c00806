/// A directory and what it holds.
package struct DirectoryListing: Hashable, Sendable {
  package let path: String
  /// True where the directory's own name is a symlink: nothing is written through it.
  package let isSymlink: Bool
  package let entries: [FileEntry]

  package init(path: String, isSymlink: Bool, entries: [FileEntry]) {
    self.path = path
    self.isSymlink = isSymlink
    self.entries = entries
  }
}
