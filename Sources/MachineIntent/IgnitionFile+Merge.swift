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
