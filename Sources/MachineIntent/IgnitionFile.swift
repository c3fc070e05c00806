/// One entry of `storage.files`, whatever the version, with the fields that spec 3 gives them; nil is "not said".
struct IgnitionFile {
  /// A user or a group.
  struct Owner: Equatable {
    var id: UInt32?
    var name: String?

    var principal: DesiredFile.Principal? { name.map { .name($0) } ?? id.map { .id($0) } }
  }

  /// Bytes to be fetched, unpacked and verified.
  struct Resource {
    /// As written; a slice of the tree's text.
    var source: ArraySlice<UInt8>?
    var sourceAt: SourceLocation
    var compression: String?
    var hash: ContentHash?
    /// Whether the hash came over from another MachineConfig while the source did not.
    var hashIsInherited = false
  }

  var path: String
  var at: SourceLocation
  var overwrite: Bool?
  var contents: Resource
  var append: [Resource]
  var mode: Int?
  var modeAt: SourceLocation
  /// Whether the version that set the mode gives effect to its special bits.
  var keepsSpecialBits = false
  var user = Owner()
  var group = Owner()
  /// The name of the MachineConfig that had the last word.
  var machineConfig = ""
}
