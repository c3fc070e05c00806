/// One entry of `storage.files` of any version, with the fields of spec 3. A field that the config leaves out is nil.
struct IgnitionFile {
  /// A user or a group.
  struct Owner: Equatable {
    var id: UInt32?
    var name: String?

    var principal: DesiredFile.Principal? { name.map { .name($0) } ?? id.map { .id($0) } }
  }

  /// Bytes to be fetched, unpacked and verified.
  struct Resource {
    /// `contents.source`.
    enum Source: Equatable {
      /// The empty text. Ignition makes an empty file of it; the machine-config daemon fails.
      case empty
      case data(DataURL)
      /// A source that Ignition would fetch.
      case remote(RemoteURL)
      /// A finding gives the reason.
      case malformed
    }

    var source: Source?
    var sourceAt: SourceLocation
    var compression: String?
    var hash: ContentHash?
    /// Whether the hash is inherited from another MachineConfig, but the source is not.
    var hashIsInherited = false
    /// The number of bytes that the source has as written.
    var size = 0
  }

  var path: String
  var at: SourceLocation
  var overwrite: Bool?
  var contents: Resource
  var append: [Resource]
  var mode: Int?
  var modeAt: SourceLocation
  /// Whether the version that set the mode applies its special bits.
  var keepsSpecialBits = false
  var user = Owner()
  var group = Owner()
  /// The name of the last MachineConfig that set something of the file.
  var machineConfig = ""
  /// Whether the machine-config operator manages the file, so that its rules apply.
  var isForOperator = false
}

extension IgnitionFile {
  /// Returns the bytes of contents that a review can read as they are; nil if they are compressed, are not in the source,
  /// or have more than `limit` bytes there.
  func decoded(upTo limit: Int) -> [UInt8]? {
    guard contents.size <= limit, contents.compression == nil, case .data(let url)? = contents.source else {
      return nil
    }
    return try? url.decoded()
  }

  /// Whether the file is written without a byte.
  var isEmpty: Bool {
    guard append.isEmpty else { return false }
    return switch contents.source {
    case .empty: true
    case .data(let url): (try? url.decoded())?.isEmpty ?? false
    case nil, .remote, .malformed: false
    }
  }

  /// Returns this file with the fields that `child` sets, as Ignition merges configs.
  ///
  /// A mode or a hash can thus come from one MachineConfig and the contents from another. There is one exception: a new
  /// source does not inherit the compression.
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
      merged.size = size
      merged.compression = child.compression ?? compression
    }
    if child.hash == nil {
      merged.hash = hash
      merged.hashIsInherited = hash != nil && (hashIsInherited || child.source != nil)
    }
    return merged
  }
}
