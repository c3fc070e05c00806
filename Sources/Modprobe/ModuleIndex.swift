/// The indexes of a kernel's module tree that depmod writes: `modules.dep`, `modules.alias` and `modules.builtin`.
///
/// Source: modules.dep(5). A look-up searches the bytes. Nothing is parsed before.
package struct ModuleIndex: Sendable {
  private let dep: [UInt8]
  private let alias: [UInt8]
  private let builtin: [UInt8]

  /// - Parameters:
  ///   - dep: the contents of `modules.dep`.
  ///   - alias: the contents of `modules.alias`.
  ///   - builtin: the contents of `modules.builtin`.
  package init(dep: [UInt8], alias: [UInt8], builtin: [UInt8]) {
    self.dep = dep
    self.alias = alias
    self.builtin = builtin
  }

  /// Returns the path of the module's file relative to the tree, such as `kernel/net/sctp/sctp.ko.xz`. Returns nil if the
  /// tree does not have the module.
  package func path(of module: ModuleName) -> String? {
    Self.line(of: module, in: dep).map { String(decoding: dep[$0.prefix { dep[$0] != Self.colon }], as: UTF8.self) }
  }

  /// Returns the modules that the module needs, directly or not, in the order of modules.dep: the last one is loaded first.
  /// Returns none if the tree does not have the module.
  package func dependencies(of module: ModuleName) -> [ModuleName] {
    guard let line = Self.line(of: module, in: dep), let colon = line.first(where: { dep[$0] == Self.colon }) else {
      return []
    }
    return dep[(colon + 1)..<line.upperBound].split(whereSeparator: \.isBlank).map { path in
      let base = path.lastIndex(of: Self.slash).map { path[($0 + 1)...] } ?? path
      return ModuleName(bytes: base.prefix { $0 != UInt8(ascii: ".") })
    }
  }

  /// Returns the patterns of the kernel's requests for the module, such as `net-pf-2-proto-132`.
  package func aliases(of module: ModuleName) -> [String] {
    let name = Array(module.rawValue.utf8)
    return aliasLines { bytes, pattern, target in
      FoldedBytes.equal(bytes[target], name)
        ? String(decoding: UnsafeBufferPointer(rebasing: bytes[pattern]), as: UTF8.self) : nil
    }
  }

  /// Returns the modules for a request such as `net-pf-2-proto-132`, in the order of modules.alias.
  package func modules(forAlias request: String) -> [ModuleName] {
    let request = Array(ModuleName(request).rawValue.utf8)
    return request.withUnsafeBufferPointer { request in
      aliasLines { bytes, pattern, target in
        guard Self.mayMatch(bytes[pattern.lowerBound], request.first) else { return nil }
        var folded = Array(bytes[pattern])
        let matches = folded.withUnsafeMutableBufferPointer { pattern in
          pattern.foldDashes()
          return ShellPattern.matches(UnsafeBufferPointer(pattern), request)
        }
        return matches ? ModuleName(bytes: bytes[target]) : nil
      }
    }
  }

  /// Whether the module is built into the kernel.
  package func isBuiltin(_ module: ModuleName) -> Bool { Self.line(of: module, in: builtin) != nil }

  private static let newline = UInt8(ascii: "\n")
  private static let colon = UInt8(ascii: ":")
  private static let slash = UInt8(ascii: "/")

  /// Returns the line of a list of files whose path, which ends at a colon, is that of the module.
  private static func line(of module: ModuleName, in list: [UInt8]) -> Range<Int>? {
    let name = Array(module.rawValue.utf8)
    return list.withUnsafeBufferPointer { bytes in
      var start = 0
      while start < bytes.count {
        // The name of the file ends with `.ko` and the suffix of its compression.
        var base = start
        var position = start
        while position < bytes.count, bytes[position] != colon, bytes[position] != newline {
          if bytes[position] == slash { base = position + 1 }
          position += 1
        }
        let pathEnd = position
        while position < bytes.count, bytes[position] != newline { position += 1 }
        let end = base + name.count
        if end + 3 <= pathEnd, bytes[end] == UInt8(ascii: "."), bytes[end + 1] == UInt8(ascii: "k"),
          bytes[end + 2] == UInt8(ascii: "o"), FoldedBytes.equal(bytes[base..<end], name)
        {
          return start..<position
        }
        start = position + 1
      }
      return nil
    }
  }

  /// Whether a pattern with the first byte `first` can match a request with the first byte `start`.
  private static func mayMatch(_ first: UInt8, _ start: UInt8?) -> Bool {
    switch first {
    case UInt8(ascii: "*"), UInt8(ascii: "?"), UInt8(ascii: "["), UInt8(ascii: "\\"), UInt8(ascii: "-"): true
    default: first == start
    }
  }

  /// Returns the results of `select` for the lines `alias PATTERN MODULE`.
  private func aliasLines<Selected>(
    _ select: (UnsafeBufferPointer<UInt8>, _ pattern: Range<Int>, _ module: Range<Int>) -> Selected?
  ) -> [Selected] {
    alias.withUnsafeBufferPointer { bytes in
      var selected: [Selected] = []
      var start = 0
      while start < bytes.count {
        var end = start
        var lastBlank = start
        while end < bytes.count, bytes[end] != Self.newline {
          if bytes[end] == UInt8(ascii: " ") { lastBlank = end }
          end += 1
        }
        let pattern = start + 6
        if pattern < lastBlank, bytes[start..<pattern].elementsEqual("alias ".utf8),
          let value = select(bytes, pattern..<lastBlank, (lastBlank + 1)..<end)
        {
          selected.append(value)
        }
        start = end + 1
      }
      return selected
    }
  }
}

/// Compares names without copying them.
private enum FoldedBytes {
  /// Whether the bytes are this name if `-` and `_` are the same. Neither has brackets.
  static func equal(_ bytes: Slice<UnsafeBufferPointer<UInt8>>, _ name: [UInt8]) -> Bool {
    bytes.count == name.count
      && zip(bytes, name).allSatisfy { $0 == $1 || ($0 == UInt8(ascii: "-") && $1 == UInt8(ascii: "_")) }
  }
}
