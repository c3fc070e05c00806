/// A file of the two drop-in directories, as an intent wants it.
package struct DesiredFile: Hashable, Sendable {
  /// The source that decides the bytes.
  package enum Owner: String, Hashable, Sendable {
    case intent
    case machineConfigDaemon = "machine-config-daemon"
  }

  /// A user or a group, by number or by name.
  package enum Principal: Hashable, Sendable {
    case id(UInt32)
    case name(String)
  }

  /// The path on the node, directly in `/etc/modprobe.d` or `/etc/modules-load.d`.
  package var path: String
  package var owner: Owner
  /// The whole contents. Nil if the source is omitted: an existing file is kept, otherwise an empty one is made.
  package var contents: [UInt8]?
  /// The bytes of Ignition's `append`, which must be at the end of the file, after `contents` or the existing bytes.
  package var appended: [UInt8]
  /// The mode. Nil keeps the mode of an existing file, and means 0644 for a new one.
  package var mode: FileMode?
  /// The user. Nil keeps the owner of an existing file, and means root for a new one.
  package var user: Principal?
  /// The group, with the same meaning of nil.
  package var group: Principal?
  /// The place of the path.
  package var at: SourceLocation
  /// The place of the source of the contents.
  package var contentsAt: SourceLocation
  /// The name of the MachineConfig from which it comes.
  package var machineConfig: String

  package init(
    path: String, owner: Owner = .intent, contents: [UInt8]?, appended: [UInt8] = [], mode: FileMode? = nil,
    user: Principal? = nil, group: Principal? = nil, at: SourceLocation,
    contentsAt: SourceLocation? = nil, machineConfig: String
  ) {
    self.path = path
    self.owner = owner
    self.contents = contents
    self.appended = appended
    self.mode = mode
    self.user = user
    self.group = group
    self.at = at
    self.contentsAt = contentsAt ?? at
    self.machineConfig = machineConfig
  }
}
