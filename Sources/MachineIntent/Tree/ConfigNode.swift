/// One node of a `ConfigTree`: a cursor that is cheap to copy.
struct ConfigNode {
  let tree: ConfigTree
  /// The index of the entry. If the node is an alias, that of the entry it refers to.
  let index: Int
  /// The index of the entry at the node's own place, which may be an alias.
  private let placeIndex: Int
  /// Whether the last of two keys that differ only in letter case counts, as in JSON that Ignition reads itself.
  ///
  /// Kubernetes stores objects as JSON with sorted keys, and a YAML file becomes such JSON, so there the key counts that
  /// is the last in byte order.
  private(set) var keepsKeyOrder = false

  init(tree: ConfigTree, index: Int32) {
    self.tree = tree
    placeIndex = Int(index)
    let entry = tree.entries[Int(index)]
    self.index = entry.kind == .alias ? Int(entry.start) : Int(index)
  }

  /// Returns the same node, in which the order of the keys counts.
  func keepingKeyOrder() -> ConfigNode {
    var node = self
    node.keepsKeyOrder = true
    return node
  }

  private func node(at index: Int) -> ConfigNode {
    var node = ConfigNode(tree: tree, index: Int32(index))
    node.keepsKeyOrder = keepsKeyOrder
    return node
  }

  private var entry: ConfigTree.Entry { tree.entries[index] }

  var location: SourceLocation {
    let entry = tree.entries[placeIndex]
    return tree.origin.location(line: Int(entry.line), column: Int(entry.column))
  }

  /// Returns the place of the byte at this offset of the scalar's text. Returns that of the scalar if the text was
  /// escaped or folded.
  func location(ofByte offset: Int) -> SourceLocation {
    let entry = entry
    guard placeIndex == index, entry.kind == .scalar else { return location }
    let before = bytes.prefix(offset)
    if entry.style == .literal, let indentation = tree.indentations[Int32(index)] {
      // The text begins on the line after the indicator `|`.
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

  /// The origin of this scalar's text if the text is read as a document.
  var originOfText: TreeOrigin {
    guard case .block(let lines, let columns) = tree.origin.placing, placeIndex == index else {
      return originOfDecodedText
    }
    let entry = entry
    if entry.style == .literal, let indentation = tree.indentations[Int32(index)] {
      // The text begins on the line after the indicator `|`.
      return TreeOrigin(
        source: tree.origin.source, placing: .block(lines: lines + Int(entry.line), columns: columns + indentation))
    }
    guard let inset = entry.inset else { return originOfDecodedText }
    return TreeOrigin(
      source: tree.origin.source,
      placing: .block(
        lines: lines + Int(entry.line) - 1, columns: columns + Int(entry.column) - 1 + Int(inset)))
  }

  /// The origin of a document that was decoded from this scalar, for example from base64.
  var originOfDecodedText: TreeOrigin {
    let at = location
    return TreeOrigin(source: at.file, placing: .scalar(line: at.line, column: at.column))
  }

  /// The scalar's bytes, with quotes and escapes resolved. Empty for a collection.
  var bytes: ArraySlice<UInt8> {
    let entry = entry
    guard entry.kind == .scalar else { return [] }
    return tree.text[Int(entry.start)..<Int(entry.start + entry.length)]
  }

  /// The meaning of a scalar, or nil for a collection.
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

  /// The text of a scalar, whatever its type.
  var text: String { String(decoding: bytes, as: UTF8.self) }

  /// The elements of a sequence. Empty for anything else.
  var elements: [ConfigNode] {
    guard isSequence else { return [] }
    return children
  }

  /// The pairs of a mapping in their order, with duplicates, then those that `<<` merges in. Empty for anything else.
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

  /// Calls `body` with every key of a mapping in order, without those that `<<` merges in.
  func forEachKey(_ body: (ConfigNode) -> Void) {
    guard isMapping else { return }
    let end = Int(entry.end)
    var position = index + 1
    while position < end {
      if !tree.isMergeKey(tree.followed(position)) { body(node(at: position)) }
      position = Int(tree.entries[Int(tree.entries[position].end)].end)
    }
  }

  /// The value of the last pair with this key, or nil. A decoder of maps keeps the last one too.
  subscript(name: StaticString) -> ConfigNode? { lookUp(name, foldingCase: false) }

  /// The value of the last pair with this key, in any letter case, as the JSON decoder of Ignition reads its configs.
  subscript(folding name: StaticString) -> ConfigNode? { lookUp(name, foldingCase: true) }

  private func lookUp(_ name: StaticString, foldingCase: Bool) -> ConfigNode? {
    let own = entry
    guard own.kind == .mapping else { return nil }
    var found: (key: Int, value: Int)?
    var merges = false
    var position = index + 1
    while position < own.end {
      let key = tree.followed(position)
      let valuePosition = Int(tree.entries[position].end)
      if tree.equals(key, name, foldingCase: foldingCase) {
        if found.map({ keepsKeyOrder || !tree.scalar($0.key, follows: key) }) ?? true { found = (key, valuePosition) }
      } else if tree.isMergeKey(key) {
        merges = true
      }
      position = Int(tree.entries[valuePosition].end)
    }
    if let found { return node(at: found.value) }
    return merges ? pairs.last { $0.key.equals(name, foldingCase: foldingCase) }?.value : nil
  }

  func equals(_ name: StaticString, foldingCase: Bool = false) -> Bool {
    tree.equals(index, name, foldingCase: foldingCase)
  }

  private var isMergeKey: Bool { tree.isMergeKey(index) }

  /// This node and every node below it, in document order. Aliases are not followed.
  var descendants: some Sequence<ConfigNode> {
    (index..<Swift.max(index + 1, Int(entry.end))).lazy.filter { tree.entries[$0].kind != .alias }.map(node)
  }

  private var children: [ConfigNode] {
    var children: [ConfigNode] = []
    var position = index + 1
    while position < entry.end {
      children.append(node(at: position))
      position = Int(tree.entries[position].end)
    }
    return children
  }
}
