/// A YAML stream or JSON text as a flat list of nodes in document order, each with its place.
///
/// An alias is followed when it is read and never copied, so a small text cannot become a large tree.
final class ConfigTree: Sendable {
  enum Kind: UInt8 { case scalar, sequence, mapping, alias }

  /// The notation of a scalar, as far as its meaning depends on it.
  enum Style: UInt8 {
    /// Resolved by YAML 1.1's rules.
    case plain
    /// Resolved by JSON's: a number, `true`, `false` or `null`.
    case json
    case quoted
    /// A block scalar (`|`), whose lines are in the source as they are.
    case literal
  }

  struct Entry {
    var kind: Kind
    var style: Style
    /// The number of columns between a scalar's place and its text: 1 for a quote, otherwise 0. Nil if the text is not
    /// in the source as it is, because it was escaped, folded or tagged.
    var inset: UInt8?
    var line: Int32
    var column: Int32
    /// The index of a scalar's first byte in `text`, or of the entry that an alias refers to.
    var start: Int32 = 0
    /// The number of a scalar's bytes.
    var length: Int32 = 0
    /// The index after this entry and everything below it.
    var end: Int32 = 0
  }

  let origin: TreeOrigin
  /// Whether the text is JSON, not YAML.
  let isJSON: Bool
  let entries: [Entry]
  let text: [UInt8]
  /// The index of the root of each document that is not empty.
  let roots: [Int32]
  /// The indentation of the lines of each literal block, by the index of its entry.
  let indentations: [Int32: Int]

  init(
    origin: TreeOrigin, isJSON: Bool, entries: [Entry], text: [UInt8], roots: [Int32], indentations: [Int32: Int]
  ) {
    self.origin = origin
    self.isJSON = isJSON
    self.entries = entries
    self.text = text
    self.roots = roots
    self.indentations = indentations
  }

  /// Returns the index of the entry that an alias refers to, and the same index for any other entry.
  func followed(_ index: Int) -> Int {
    entries[index].kind == .alias ? Int(entries[index].start) : index
  }

  /// Whether an entry is a scalar with this text.
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

  /// Whether the text of one scalar comes after that of another in byte order.
  func scalar(_ index: Int, follows other: Int) -> Bool {
    let (left, right) = (entries[index], entries[other])
    return text[Int(right.start)..<Int(right.start + right.length)]
      .lexicographicallyPrecedes(text[Int(left.start)..<Int(left.start + left.length)])
  }

  /// Whether an entry is the key `<<`, which merges in the pairs of other mappings.
  func isMergeKey(_ index: Int) -> Bool { entries[index].style == .plain && equals(index, "<<") }

  var documents: [ConfigNode] { roots.map { ConfigNode(tree: self, index: $0) } }
}
