extension ModprobeRule {
  /// Whether the name after the command is this one, given as the bytes of a `ModuleName`.
  func names(_ module: [UInt8]) -> Bool {
    guard name.count == module.count else { return false }
    var insideBrackets = false
    for (index, expected) in zip(name, module) {
      var byte = source[index]
      if foldsName {
        switch byte {
        case UInt8(ascii: "["): insideBrackets = true
        case UInt8(ascii: "]"): insideBrackets = false
        case UInt8(ascii: "-") where !insideBrackets: byte = UInt8(ascii: "_")
        default: break
        }
      }
      if byte != expected { return false }
    }
    return true
  }

  /// Whether the pattern after the command matches this name, given as the bytes of a `ModuleName`.
  func matches(_ name: [UInt8]) -> Bool {
    let hasWildcard = source.withUnsafeBufferPointer {
      ShellPattern.hasWildcard(UnsafeBufferPointer(rebasing: $0[self.name]))
    }
    guard hasWildcard else { return names(name) }
    return foldedName.withUnsafeBufferPointer { pattern in
      name.withUnsafeBufferPointer { ShellPattern.matches(pattern, $0) }
    }
  }

  /// The name or pattern in the form that kmod stores.
  var foldedName: [UInt8] {
    var bytes = Array(source[name])
    if foldsName { bytes.withUnsafeMutableBufferPointer { $0.foldDashes() } }
    return bytes
  }
}
