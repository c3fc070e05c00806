/// Assembles a `ConfigTree` from the events of a scanner and holds the limits.
struct TreeBuilder {
  private(set) var entries: [ConfigTree.Entry] = []
  var text: [UInt8] = []
  private(set) var roots: [Int32] = []
  var indentations: [Int32: Int] = [:]
  private var open: [Int32] = []
  private let limits: IntentLimits

  /// For a source of so many bytes.
  init(limits: IntentLimits, size: Int) {
    self.limits = limits
    // Room for what is usual; growing by doubling would copy most of a large source twice.
    text.reserveCapacity(size)
    entries.reserveCapacity(min(size / 40, limits.nodes))
  }

  /// What is added goes into this collection until it is closed. Throws where it is nested too deep, or is one too many.
  mutating func openCollection(_ kind: ConfigTree.Kind, line: Int, column: Int) throws(TreeFailure) {
    guard open.count < limits.depth else {
      throw TreeFailure(
        code: .tooDeep, line: line, column: column,
        reason: "mappings and lists are nested deeper than \(limits.depth); flatten them")
    }
    let index = try append(kind, .plain, line: line, column: column)
    open.append(index)
  }

  /// Closes the innermost collection and returns its index.
  @discardableResult
  mutating func closeCollection() -> Int32 {
    guard let index = open.popLast() else { return 0 }
    entries[Int(index)].end = Int32(entries.count)
    return index
  }

  /// A scalar whose bytes are what `text` holds from `start` on. Throws where it is one value too many.
  mutating func addScalar(
    from start: Int, style: ConfigTree.Style, line: Int, column: Int, inset: UInt8? = nil
  ) throws(TreeFailure) {
    let index = Int(try append(.scalar, style, line: line, column: column))
    entries[index].inset = inset
    entries[index].start = Int32(start)
    entries[index].length = Int32(text.count - start)
  }

  /// A further mention of the value with the index `target`. Throws where it is one value too many.
  mutating func addAlias(of target: Int32, line: Int, column: Int) throws(TreeFailure) {
    let index = Int(try append(.alias, .plain, line: line, column: column))
    entries[index].start = target
  }

  func isOpen(_ index: Int32) -> Bool { open.contains(index) }

  func finish(_ origin: TreeOrigin) -> ConfigTree {
    ConfigTree(origin: origin, entries: entries, text: text, roots: roots, indentations: indentations)
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
    if open.isEmpty { roots.append(index) }
    entries.append(
      ConfigTree.Entry(
        kind: kind, style: style, inset: nil, line: Int32(clamping: line), column: Int32(clamping: column),
        end: index + 1))
    return index
  }
}

/// Why a text could not be made a tree, and where.
struct TreeFailure: Error, Equatable {
  let code: IssueCode
  /// Counted from 1.
  let line: Int
  let column: Int
  let reason: String
}

/// Where the text of a tree stands.
struct TreeOrigin {
  enum Placing {
    /// The text is the source, or a block of it: places move by so many lines and columns.
    case block(lines: Int, columns: Int)
    /// The text was unescaped from one scalar, whose place stands for everything in it.
    case scalar(line: Int, column: Int)
  }

  /// The name of the source.
  let source: String
  var placing = Placing.block(lines: 0, columns: 0)

  /// Of a place in the text, counted from 1.
  func location(line: Int, column: Int) -> SourceLocation {
    switch placing {
    case .block(let lines, let columns): SourceLocation(file: source, line: line + lines, column: column + columns)
    case .scalar(let line, let column): SourceLocation(file: source, line: line, column: column)
    }
  }
}
