/// One node of a `ConfigTree`: a cursor, cheap to copy.
struct ConfigNode {
  let tree: ConfigTree
  /// Of the entry itself, an alias already followed.
  let index: Int
  /// Of the entry that stands where the node is used.
  private let placeIndex: Int

  init(tree: ConfigTree, index: Int32) {
    self.tree = tree
    placeIndex = Int(index)
    let entry = tree.entries[Int(index)]
    self.index = entry.kind == .alias ? Int(entry.start) : Int(index)
  }

  private var entry: ConfigTree.Entry { tree.entries[index] }

  var location: SourceLocation {
    let entry = tree.entries[placeIndex]
    return tree.origin.location(line: Int(entry.line), column: Int(entry.column))
  }

  /// Where the byte at this offset of the scalar's text stands; where the text was unescaped or folded, the scalar.
  func location(ofByte offset: Int) -> SourceLocation {
    let entry = entry
    guard placeIndex == index, entry.kind == .scalar else { return location }
    let before = bytes.prefix(offset)
    if entry.style == .literal, let indentation = tree.indentations[Int32(index)] {
      // The text begins on the line after its indicator.
      let breaks = before.count { $0 == UInt8(ascii: "\n") }
      let line = before.suffix(from: before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? before.startIndex)
      return tree.origin.location(
        line: Int(entry.line) + 1 + breaks, column: indentation + 1 + UTF8Columns.count(line))
    }
    guard let inset = entry.inset else { return location }
    return tree.origin.location(
      line: Int(entry.line), column: Int(entry.column) + Int(inset) + UTF8Columns.count(before))
  }

  var isMapping: Bool { entry.kind == .mapping }
  var isSequence: Bool { entry.kind == .sequence }
  var isScalar: Bool { entry.kind == .scalar }

  /// Where the text of this scalar stands, if it is read as a document of its own.
  var originOfText: TreeOrigin {
    let at = location
    guard case .block(let lines, let columns) = tree.origin.placing, entry.style == .literal else {
      return TreeOrigin(source: at.file, placing: .scalar(line: at.line, column: at.column))
    }
    // A block's text begins on the line after its indicator.
    return TreeOrigin(
      source: at.file,
      placing: .block(
        lines: lines + Int(entry.line), columns: columns + (tree.indentations[Int32(index)] ?? 0)))
  }

  /// The scalar's bytes as written, quotes and escapes resolved; empty for a collection.
  var bytes: ArraySlice<UInt8> {
    let entry = entry
    guard entry.kind == .scalar else { return [] }
    return tree.text[Int(entry.start)..<Int(entry.start + entry.length)]
  }

  /// What a scalar means; nil for a collection.
  var value: ScalarValue? {
    let entry = entry
    guard entry.kind == .scalar else { return nil }
    switch entry.style {
    case .plain: return ScalarValue(yaml: bytes)
    case .json: return ScalarValue(json: bytes)
    case .quoted, .literal: return .string
    }
  }

  var isNull: Bool { value == .null }

  /// The text of a scalar, whatever it means.
  var text: String { String(decoding: bytes, as: UTF8.self) }

  /// In a sequence; empty for anything else.
  var elements: [ConfigNode] {
    guard isSequence else { return [] }
    return children
  }

  /// The pairs of a mapping in their order, duplicates and all, then those that `<<` brings in; empty for anything else.
  var pairs: [(key: ConfigNode, value: ConfigNode)] {
    guard isMapping else { return [] }
    let children = children
    var pairs: [(key: ConfigNode, value: ConfigNode)] = []
    pairs.reserveCapacity(children.count / 2)
    var merged: [ConfigNode] = []
    for position in stride(from: 0, to: children.count - 1, by: 2) {
      let key = children[position]
      let value = children[position + 1]
      if key.isMergeKey {
        merged += value.isSequence ? value.elements : [value]
      } else {
        pairs.append((key, value))
      }
    }
    guard !merged.isEmpty else { return pairs }
    var own = Set(pairs.map { Array($0.key.bytes) })
    for source in merged {
      for pair in source.pairs where own.insert(Array(pair.key.bytes)).inserted { pairs.append(pair) }
    }
    return pairs
  }

  /// Every key of a mapping in its order; those that `<<` brings in are left to the mapping that they stand in.
  func forEachKey(_ body: (ConfigNode) -> Void) {
    guard isMapping else { return }
    let end = Int(entry.end)
    var position = index + 1
    while position < end {
      if !tree.isMergeKey(tree.followed(position)) { body(ConfigNode(tree: tree, index: Int32(position))) }
      position = Int(tree.entries[Int(tree.entries[position].end)].end)
    }
  }

  /// The last pair whose key is `name`, as a decoder of maps keeps it.
  subscript(name: StaticString) -> ConfigNode? { lookUp(name, foldingCase: false) }

  /// The same, letter case ignored: so does the decoder with which Ignition reads its configs.
  subscript(folding name: StaticString) -> ConfigNode? { lookUp(name, foldingCase: true) }

  private func lookUp(_ name: StaticString, foldingCase: Bool) -> ConfigNode? {
    let own = entry
    guard own.kind == .mapping else { return nil }
    var found: Int?
    var merges = false
    var position = index + 1
    while position < own.end {
      let key = tree.followed(position)
      let valuePosition = Int(tree.entries[position].end)
      if tree.equals(key, name, foldingCase: foldingCase) {
        found = valuePosition
      } else if tree.isMergeKey(key) {
        merges = true
      }
      position = Int(tree.entries[valuePosition].end)
    }
    if let found { return ConfigNode(tree: tree, index: Int32(found)) }
    return merges ? pairs.last { $0.key.equals(name, foldingCase: foldingCase) }?.value : nil
  }

  func equals(_ name: StaticString, foldingCase: Bool = false) -> Bool {
    tree.equals(index, name, foldingCase: foldingCase)
  }

  private var isMergeKey: Bool { tree.isMergeKey(index) }

  private var children: [ConfigNode] {
    var children: [ConfigNode] = []
    var position = index + 1
    while position < entry.end {
      children.append(ConfigNode(tree: tree, index: Int32(position)))
      position = Int(tree.entries[position].end)
    }
    return children
  }
}
