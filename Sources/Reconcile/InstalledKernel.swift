/// Another kernel that is installed beside the running one.
package struct InstalledKernel: Hashable, Sendable {
  package let release: String
  /// nil: its module index could not be read.
  package let hasSCTP: Bool?

  package init(release: String, hasSCTP: Bool?) {
    self.release = release
    self.hasSCTP = hasSCTP
  }
}
