/// Builds a `ConfigTree` from the events of a scanner, and enforces the limits.
struct TreeBuilder {
  private(set) var entries: [ConfigTree.Entry] = []
  var text: [UInt8] = []
  private(set) var roots: [Int32] = []
  var indentations: [Int32: Int] = [:]
  private var open: [Collection] = []
  private let limits: IntentLimits

  private struct Collection {
    let index: Int32
    let isMapping: Bool
    /// Whether the next value is a key of this mapping.
    var expectsKey: Bool
  }

  /// Makes a builder for a source of `size` bytes.
  init(limits: IntentLimits, size: Int) {
    self.limits = limits
    // Growing by doubling would copy most of a large source twice.
    text.reserveCapacity(size)
    entries.reserveCapacity(min(size / 40, limits.nodes))
  }

  /// Opens a collection, to which everything belongs that is added before it is closed. Throws if it is nested too deep,
  /// if it is one value too many, or if it is a mapping key.
  mutating func openCollection(_ kind: ConfigTree.Kind, line: Int, column: Int) throws(TreeFailure) {
    guard open.count < limits.depth else {
      throw TreeFailure(
        code: .tooDeep, line: line, column: column,
        reason: "mappings and lists are nested deeper than \(limits.depth); flatten them")
    }
    if let parent = open.last, parent.expectsKey { throw Self.refusedKey(kind, line: line, column: column) }
    let index = try append(kind, .plain, line: line, column: column)
    open.append(Collection(index: index, isMapping: kind == .mapping, expectsKey: kind == .mapping))
  }

  /// Closes the innermost collection and returns its index.
  @discardableResult
  mutating func closeCollection() -> Int32 {
    guard let index = open.popLast()?.index else { return 0 }
    entries[Int(index)].end = Int32(entries.count)
    return index
  }

  /// Adds a scalar whose bytes are those of `text` from `start` on. Throws if it is one value too many.
  mutating func addScalar(
    from start: Int, style: ConfigTree.Style, line: Int, column: Int, inset: UInt8? = nil
  ) throws(TreeFailure) {
    let index = Int(try append(.scalar, style, line: line, column: column))
    entries[index].inset = inset
    entries[index].start = Int32(start)
    entries[index].length = Int32(text.count - start)
  }

  /// Adds another use of the value with the index `target`. Throws if it is one value too many, or if a collection would
  /// be a mapping key.
  mutating func addAlias(of target: Int32, line: Int, column: Int) throws(TreeFailure) {
    let kind = entries[Int(target)].kind
    if kind != .scalar, let parent = open.last, parent.expectsKey {
      throw Self.refusedKey(kind, line: line, column: column)
    }
    let index = Int(try append(.alias, .plain, line: line, column: column))
    entries[index].start = target
  }

  func isOpen(_ index: Int32) -> Bool { open.contains { $0.index == index } }

  func finish(_ origin: TreeOrigin, isJSON: Bool = false) -> ConfigTree {
    ConfigTree(
      origin: origin, isJSON: isJSON, entries: entries, text: text, roots: roots, indentations: indentations)
  }

  private mutating func append(
    _ kind: ConfigTree.Kind, _ style: ConfigTree.Style, line: Int, column: Int
  ) throws(TreeFailure) -> Int32 {
    guard entries.count < limits.nodes else {
      throw TreeFailure(
        code: .tooMany, line: line, column: column,
        reason: "more than \(limits.nodes) values in one source; split it")
    }
    let index = Int32(entries.count)
    if open.isEmpty {
      roots.append(index)
    } else if open[open.count - 1].isMapping {
      open[open.count - 1].expectsKey.toggle()
    }
    entries.append(
      ConfigTree.Entry(
        kind: kind, style: style, inset: nil, line: Int32(clamping: line), column: Int32(clamping: column),
        end: index + 1))
    return index
  }

  private static func refusedKey(_ kind: ConfigTree.Kind, line: Int, column: Int) -> TreeFailure {
    TreeFailure(
      code: .syntax, line: line, column: column,
      reason: "the YAML is malformed: a mapping key must be text, found a \(kind == .mapping ? "mapping" : "list")")
  }
}

/// The reason why a text cannot become a tree, and the place.
struct TreeFailure: Error, Equatable {
  let code: IssueCode
  /// Counted from 1.
  let line: Int
  /// Counted from 1, in characters.
  let column: Int
  let reason: String
}

/// The place of a tree's text in its source.
struct TreeOrigin {
  enum Placing {
    /// The text is the source or a part of it as written: its places are `lines` further down and `columns` to the right.
    case block(lines: Int, columns: Int)
    /// The text was unescaped from a scalar, whose place is that of everything in the text.
    case scalar(line: Int, column: Int)
  }

  /// The name of the source.
  let source: String
  var placing = Placing.block(lines: 0, columns: 0)

  /// Whether the text is the source itself, not a value in it.
  var isWholeSource: Bool {
    if case .block(lines: 0, columns: 0) = placing { true } else { false }
  }

  /// Returns the place in the source of a place in the text. Both are counted from 1.
  func location(line: Int, column: Int) -> SourceLocation {
    switch placing {
    case .block(let lines, let columns): SourceLocation(file: source, line: line + lines, column: column + columns)
    case .scalar(let line, let column): SourceLocation(file: source, line: line, column: column)
    }
  }
}
