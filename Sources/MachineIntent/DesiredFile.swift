/// A file of the two drop-in directories as an intent wants it.
package struct DesiredFile: Hashable, Sendable {
  /// Who decides about the bytes.
  package enum Owner: String, Hashable, Sendable {
    case intent
    case machineConfigDaemon = "machine-config-daemon"
  }

  /// A user or a group, by number or by name.
  package enum Principal: Hashable, Sendable {
    case id(UInt32)
    case name(String)
  }

  /// The path as the node sees it, directly in `/etc/modprobe.d` or `/etc/modules-load.d`.
  package var path: String
  package var owner: Owner
  /// The whole contents. nil: Ignition's omitted source, which keeps an existing file and else makes an empty one.
  package var contents: [UInt8]?
  /// Ignition's `append`: bytes that must end the file, after `contents` or after what is there.
  package var appended: [UInt8]
  /// The mode; nil keeps that of an existing file, else 0644.
  package var mode: FileMode?
  /// The owner; nil keeps that of an existing file, else root.
  package var user: Principal?
  package var group: Principal?
  /// The place of its path.
  package var at: SourceLocation
  /// The place of what gives its contents.
  package var contentsAt: SourceLocation
  /// The name of the MachineConfig that it comes from.
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
