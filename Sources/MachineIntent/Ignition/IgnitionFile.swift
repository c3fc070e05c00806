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

extension IgnitionFile {
  /// `child` over this file, field by field: what the child says replaces, what it does not say is inherited.
  ///
  /// A mode or a hash may thus come from one MachineConfig and the contents from another. Ignition makes one exception:
  /// a new source does not inherit the compression.
  func merged(with child: IgnitionFile) -> IgnitionFile {
    var merged = child
    merged.overwrite = child.overwrite ?? overwrite
    merged.contents = contents.merged(with: child.contents)
    merged.append = append + child.append
    if child.mode == nil {
      merged.mode = mode
      merged.modeAt = modeAt
      merged.keepsSpecialBits = keepsSpecialBits
    }
    merged.user = user.merged(with: child.user)
    merged.group = group.merged(with: child.group)
    return merged
  }
}

extension IgnitionFile.Owner {
  func merged(with child: Self) -> Self { Self(id: child.id ?? id, name: child.name ?? name) }
}

extension IgnitionFile.Resource {
  func merged(with child: Self) -> Self {
    var merged = child
    if child.source == nil {
      merged.source = source
      merged.sourceAt = sourceAt
      merged.compression = child.compression ?? compression
    }
    if child.hash == nil {
      merged.hash = hash
      merged.hashIsInherited = hash != nil && (hashIsInherited || child.source != nil)
    }
    return merged
  }
}
