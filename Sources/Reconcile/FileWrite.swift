package import MachineIntent

/// One file to put in place.
package struct FileWrite: Hashable, Sendable {
  package let path: String
  package let contents: [UInt8]
  package let mode: FileMode
  package let user: UInt32
  package let group: UInt32
  /// The SELinux label. nil: that of the regular file that is replaced, else the directory's.
  package let label: String?

  package init(
    path: String, contents: [UInt8], mode: FileMode, user: UInt32, group: UInt32, label: String? = nil
  ) {
    self.path = path
    self.contents = contents
    self.mode = mode
    self.user = user
    self.group = group
    self.label = label
  }
}
