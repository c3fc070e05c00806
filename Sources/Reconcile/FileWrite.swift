package import MachineIntent

/// One file to put in place.
package struct FileWrite: Hashable, Sendable {
  package let path: String
  package let contents: [UInt8]
  package let mode: FileMode
  package let user: UInt32
  package let group: UInt32

  package init(path: String, contents: [UInt8], mode: FileMode, user: UInt32, group: UInt32) {
    self.path = path
    self.contents = contents
    self.mode = mode
    self.user = user
    self.group = group
  }
}
