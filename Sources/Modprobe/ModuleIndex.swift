/// A kernel's module tree as depmod indexed it: `modules.dep`, `modules.alias` and `modules.builtin`.
///
/// Source: modules.dep(5). Nothing is parsed beforehand: a look-up searches the bytes once, for all names together.
package struct ModuleIndex: Sendable {
  /// A line of `modules.dep`.
  package struct File: Hashable, Sendable {
    /// The file as the index has it, such as `kernel/net/sctp/sctp.ko.xz`, which is relative to the tree.
    package let path: String
    /// What the module needs, directly or not, in the order of the line, which is the reverse of that of loading.
    package let dependencies: [ModuleName]
  }

  private let dep: [UInt8]
  private let alias: [UInt8]
  private let builtin: [UInt8]

  /// - Parameters:
  ///   - dep: the contents of `modules.dep`.
  ///   - alias: the contents of `modules.alias`.
  ///   - builtin: the contents of `modules.builtin`.
  package init(dep: [UInt8] = [], alias: [UInt8] = [], builtin: [UInt8] = []) {
    self.dep = dep
    self.alias = alias
    self.builtin = builtin
  }

  /// Returns the files of those modules that the tree has.
  package func files(of modules: Set<ModuleName>) -> [ModuleName: File] {
    var files: [ModuleName: File] = [:]
    Self.forEachLine(of: modules, in: dep) { name, bytes, line, pathEnd in
      guard files[name] == nil else { return }
      let rest = bytes[min(pathEnd + 1, line.upperBound)..<line.upperBound]
      files[name] = File(
        path: String(decoding: UnsafeBufferPointer(rebasing: bytes[line.lowerBound..<pathEnd]), as: UTF8.self),
        dependencies: rest.split(whereSeparator: \.isBlank).map { path in
          let base = path.lastIndex(of: Self.slash).map { path[($0 + 1)...] } ?? path
          return ModuleName(bytes: base.prefix { $0 != Self.dot })
        })
    }
    return files
  }

  /// Returns the patterns by which the kernel asks for each of the modules, such as `net-pf-2-proto-132`.
  package func aliases(of modules: Set<ModuleName>) -> [ModuleName: [String]] {
    let filter = NameFilter(modules)
    var aliases: [ModuleName: [String]] = [:]
    forEachAlias { bytes, pattern, target in
      guard filter.mayHold(bytes[target]) else { return }
      let name = ModuleName(bytes: bytes[target])
      guard modules.contains(name) else { return }
      aliases[name, default: []]
        .append(String(decoding: UnsafeBufferPointer(rebasing: bytes[pattern]), as: UTF8.self))
    }
    return aliases
  }

  /// Returns the modules that answer to each of the requests, such as `net-pf-2-proto-132`, in the order of
  /// modules.alias.
  package func modules(forAliases requests: Set<ModuleName>) -> [ModuleName: [ModuleName]] {
    guard !requests.isEmpty else { return [:] }
    let asked = requests.map { (name: $0, bytes: Array($0.rawValue.utf8)) }
    let byStart = Dictionary(grouping: asked) { $0.bytes.first }
    var found: [ModuleName: [ModuleName]] = [:]
    forEachAlias { bytes, pattern, target in
      let start = bytes[pattern.lowerBound]
      guard let candidates = Self.isSpecial(start) ? asked : byStart[start] else { return }
      var folded = Array(bytes[pattern])
      folded.withUnsafeMutableBufferPointer { pattern in
        pattern.foldDashes()
        for (name, request) in candidates {
          let matches = request.withUnsafeBufferPointer { ShellPattern.matches(UnsafeBufferPointer(pattern), $0) }
          if matches { found[name, default: []].append(ModuleName(bytes: bytes[target])) }
        }
      }
    }
    return found
  }

  /// Returns those of the modules that are part of the kernel image.
  package func builtin(among modules: Set<ModuleName>) -> Set<ModuleName> {
    var found: Set<ModuleName> = []
    Self.forEachLine(of: modules, in: builtin) { name, _, _, _ in found.insert(name) }
    return found
  }

  private static let newline = UInt8(ascii: "\n")
  private static let colon = UInt8(ascii: ":")
  private static let slash = UInt8(ascii: "/")

  private static let dot = UInt8(ascii: ".")

  /// Passes each line of a list of files whose path, up to a colon, is that of one of the modules.
  private static func forEachLine(
    of modules: Set<ModuleName>, in list: [UInt8],
    _ body: (ModuleName, UnsafeBufferPointer<UInt8>, _ line: Range<Int>, _ pathEnd: Int) -> Void
  ) {
    guard !modules.isEmpty else { return }
    let filter = NameFilter(modules)
    list.withUnsafeBufferPointer { bytes in
      var start = 0
      while start < bytes.count {
        var base = start
        var nameEnd: Int?
        var position = start
        while position < bytes.count, bytes[position] != colon, bytes[position] != newline {
          switch bytes[position] {
          case slash: (base, nameEnd) = (position + 1, nil)
          case dot: nameEnd = nameEnd ?? position
          default: break
          }
          position += 1
        }
        let pathEnd = position
        while position < bytes.count, bytes[position] != newline { position += 1 }
        // The file's name ends with `.ko`, then with what compressed it.
        if let nameEnd, nameEnd + 3 <= pathEnd, bytes[nameEnd + 1] == UInt8(ascii: "k"),
          bytes[nameEnd + 2] == UInt8(ascii: "o"), filter.mayHold(bytes[base..<nameEnd])
        {
          let name = ModuleName(bytes: bytes[base..<nameEnd])
          if modules.contains(name) { body(name, bytes, start..<position, pathEnd) }
        }
        start = position + 1
      }
    }
  }

  /// Whether a pattern that begins with the byte can match requests that begin otherwise.
  private static func isSpecial(_ first: UInt8) -> Bool {
    switch first {
    case UInt8(ascii: "*"), UInt8(ascii: "?"), UInt8(ascii: "["), UInt8(ascii: "\\"), UInt8(ascii: "-"): true
    default: false
    }
  }

  /// Passes each line `alias PATTERN MODULE`.
  private func forEachAlias(_ body: (UnsafeBufferPointer<UInt8>, _ pattern: Range<Int>, _ module: Range<Int>) -> Void) {
    alias.withUnsafeBufferPointer { bytes in
      var start = 0
      while start < bytes.count {
        var end = start
        var lastBlank = start
        while end < bytes.count, bytes[end] != Self.newline {
          if bytes[end] == UInt8(ascii: " ") { lastBlank = end }
          end += 1
        }
        let pattern = start + 6
        if pattern < lastBlank, bytes[start..<pattern].elementsEqual("alias ".utf8) {
          body(bytes, pattern..<lastBlank, (lastBlank + 1)..<end)
        }
        start = end + 1
      }
    }
  }
}

/// Sorts out most names without making strings of them: by their first byte and their length.
private struct NameFilter {
  /// The lengths of the names, modulo 64, as bits for each first byte.
  private var lengths = [UInt64](repeating: 0, count: 256)

  init(_ names: Set<ModuleName>) {
    for name in names {
      let bytes = name.rawValue.utf8
      if let first = bytes.first { lengths[Int(first)] |= 1 << UInt64(bytes.count & 63) }
    }
  }

  /// Whether one of the names may be spelt like this.
  func mayHold(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
    guard let first = bytes.first else { return false }
    let folded = first == UInt8(ascii: "-") ? UInt8(ascii: "_") : first
    return lengths[Int(folded)] & (1 << UInt64(bytes.count & 63)) != 0
  }
}
