/// A YAML stream or JSON text as a flat list of nodes in document order, each with its place.
///
/// Aliases are followed on access and never copied, so that a small text cannot become a large tree.
final class ConfigTree: Sendable {
  enum Kind: UInt8 { case scalar, sequence, mapping, alias }

  /// How a scalar was written, as far as its meaning depends on it.
  enum Style: UInt8 {
    /// Resolved by YAML 1.1's rules.
    case plain
    /// Resolved by JSON's: a number, `true`, `false` or `null`.
    case json
    case quoted
    /// A block scalar whose lines stand in the source as they are.
    case literal
  }

  struct Entry {
    var kind: Kind
    var style: Style
    /// Of a scalar whose text stands on its line as it is: how many columns behind its place, for the quote. nil where
    /// the text was unescaped, folded or has a tag before it.
    var inset: UInt8?
    var line: Int32
    var column: Int32
    /// Of a scalar: where its bytes begin in `text`, and how many. Of an alias: the entry meant.
    var start: Int32 = 0
    var length: Int32 = 0
    /// The entry after this one and everything below it.
    var end: Int32 = 0
  }

  let origin: TreeOrigin
  let entries: [Entry]
  let text: [UInt8]
  /// One for each document that is not empty.
  let roots: [Int32]
  /// Of the literal blocks, how far their lines are indented.
  let indentations: [Int32: Int]

  init(origin: TreeOrigin, entries: [Entry], text: [UInt8], roots: [Int32], indentations: [Int32: Int]) {
    self.origin = origin
    self.entries = entries
    self.text = text
    self.roots = roots
    self.indentations = indentations
  }

  /// The entry meant: an alias leads to another one.
  func followed(_ index: Int) -> Int {
    entries[index].kind == .alias ? Int(entries[index].start) : index
  }

  /// Whether an entry is a scalar of this text.
  func equals(_ index: Int, _ name: StaticString, foldingCase: Bool = false) -> Bool {
    let entry = entries[index]
    guard entry.kind == .scalar, Int(entry.length) == name.utf8CodeUnitCount else { return false }
    return text.withUnsafeBufferPointer { text in
      name.withUTF8Buffer { name in
        for offset in 0..<name.count {
          let (byte, wanted) = (text[Int(entry.start) + offset], name[offset])
          guard byte == wanted || (foldingCase && byte | 0x20 == wanted | 0x20 && byte.isLetter)
          else { return false }
        }
        return true
      }
    }
  }

  /// Whether an entry is `<<`, which brings in the pairs of other mappings.
  func isMergeKey(_ index: Int) -> Bool { entries[index].style == .plain && equals(index, "<<") }

  var documents: [ConfigNode] { roots.map { ConfigNode(tree: self, index: $0) } }
}
