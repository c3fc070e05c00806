extension ModprobeConfiguration {
  /// A line of `modprobe --showconfig` and its place.
  package struct Entry: Hashable, Sendable {
    package let text: String
    package let location: RuleLocation
  }

  /// What `modprobe --showconfig` prints before it dumps the indexes, with the blank before `post:` that kmod forgets
  /// until 30. kmod prints weakdep lines since 33.
  package func showConfig() -> [UInt8] {
    var output: [UInt8] = []
    forEachShown { rule in
      rule.appendShown(to: &output)
      output.append(UInt8(ascii: "\n"))
    }
    return output
  }

  /// Returns the lines of `showConfig()` with their places.
  package func showConfigEntries() -> [Entry] {
    var entries: [Entry] = []
    forEachShown { rule in
      var line: [UInt8] = []
      rule.appendShown(to: &line)
      entries.append(Entry(text: String(decoding: line, as: UTF8.self), location: rule.location))
    }
    return entries
  }

  private static let shownKinds: [ModprobeDirective.Kind] = [
    .blacklist, .install, .remove, .alias, .options, .softdep,
  ]

  private func forEachShown(_ body: (ModprobeRule) -> Void) {
    for kind in Self.shownKinds + (kmod.knowsWeakdeps ? [.weakdep] : []) {
      for rule in rules where rule.kind == kind { body(rule) }
    }
  }
}

extension ModprobeRule {
  /// Appends the rule as `modprobe --showconfig` prints it, without a newline.
  fileprivate func appendShown(to output: inout [UInt8]) {
    output += kind.rawValue.utf8
    output.append(UInt8(ascii: " "))
    appendFolded(name, to: &output)
    switch kind {
    case .blacklist:
      break
    case .install, .remove:
      output.append(UInt8(ascii: " "))
      output += source[rest]
    case .alias:
      output.append(UInt8(ascii: " "))
      appendFolded(rest, to: &output)
    case .options:
      output.append(UInt8(ascii: " "))
      for byte in source[rest] { output.append(byte == UInt8(ascii: "\t") ? UInt8(ascii: " ") : byte) }
    case .softdep, .weakdep:
      // Without words there is a blank after the name, because kmod prints an empty value.
      let dependencies = softdep
      let sections: [(String?, [Range<Int>])] = [
        (nil, kind == .weakdep ? dependencies.plain : []), ("pre:", dependencies.pre), ("post:", dependencies.post),
      ]
      let words = sections.filter { !$0.1.isEmpty }
      if words.isEmpty { output.append(UInt8(ascii: " ")) }
      for (label, modules) in words {
        if let label {
          output.append(UInt8(ascii: " "))
          output += label.utf8
        }
        for module in modules {
          output.append(UInt8(ascii: " "))
          output += source[module]
        }
      }
    }
  }

  private func appendFolded(_ range: Range<Int>, to output: inout [UInt8]) {
    let start = output.count
    output += source[range]
    guard foldsName else { return }
    output.withUnsafeMutableBufferPointer { UnsafeMutableBufferPointer(rebasing: $0[start...]).foldDashes() }
  }
}
