/// A YAML text without the middles of its long words, which are most of a rendered pool: the data of its files.
///
/// In the midst of a run of letters, digits and the other bytes of base64 and of escaped text, nothing means anything to
/// YAML, whatever stands around it, but that it makes a key longer. libyaml takes its time over each byte all the same,
/// so it is given a mark in place of the run, which `expand` turns into the run again.
struct ElidedText {
  let bytes: [UInt8]
  /// What is left out, in the source.
  private let elided: [Range<Int>]
  /// Of each mark, the number of characters before it in `bytes`.
  private let marks: [Int]
  /// How many characters fewer than the source the text has before each mark, and at its end.
  private let shifts: [Int]

  /// U+F8FF, of which nobody makes use, and a number.
  private static let sign: [UInt8] = [0xEF, 0xA3, 0xBF]
  private static let digits = 8
  private static let markCharacters = 1 + digits
  /// A run's first bytes may be a directive, a document's start or the rest of an escape.
  private static let kept = (first: 32, last: 8)
  private static let shortestRun = 256

  /// nil where it is not worth the copy.
  init?(_ source: UnsafeBufferPointer<UInt8>) {
    let elided = Self.middles(of: source)
    let saved = elided.reduce(0) { $0 + $1.count }
    guard saved > source.count / 2, !Self.holdsSign(source) else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(source.count - saved + elided.count * (Self.sign.count + Self.digits))
    var marks: [Int] = []
    var shifts = [0]
    var position = 0
    var continuations = 0
    for (number, range) in elided.enumerated() {
      let before = UnsafeBufferPointer(rebasing: source[position..<range.lowerBound])
      continuations += before.count { $0 & 0xC0 == 0x80 }
      bytes.append(contentsOf: before)
      marks.append(bytes.count - continuations)
      bytes += Self.sign
      continuations += Self.sign.count - 1
      let digits = String(number)
      bytes += String(repeating: "0", count: Self.digits - digits.utf8.count).utf8
      bytes += digits.utf8
      shifts.append(shifts[number] + range.count - Self.markCharacters)
      position = range.upperBound
    }
    bytes.append(contentsOf: UnsafeBufferPointer(rebasing: source[position...]))
    self.bytes = bytes
    self.elided = elided
    self.marks = marks
    self.shifts = shifts
  }

  /// The column in the source of what stands at a column of this text, both from 0.
  ///
  /// - Parameters:
  ///   - column: in this text.
  ///   - index: how many characters of the whole text stand before it.
  ///   - passed: how many marks stand before an earlier place; moved on to this one.
  func column(_ column: Int, at index: Int, passing passed: inout Int) -> Int {
    while passed < marks.count, marks[passed] < index { passed += 1 }
    guard passed > 0, marks[passed - 1] >= index - column else { return column }
    // Of the marks passed, those from the line's beginning on.
    var (low, high) = (0, passed)
    while low < high {
      let middle = (low + high) / 2
      if marks[middle] < index - column { low = middle + 1 } else { high = middle }
    }
    return column + shifts[passed] - shifts[low]
  }

  /// Whether a key of the tree may have been too long for libyaml, which reads it only for what is left out: it refuses
  /// one of more than 1024 characters, unless `?` stands before it.
  static func mayHideLongKey(_ tree: ConfigTree) -> Bool {
    tree.entries.indices.contains { index in
      guard tree.entries[index].kind == .mapping else { return false }
      var position = index + 1
      while position < tree.entries[index].end {
        let key = tree.entries[position]
        if key.kind == .mapping || key.kind == .sequence || key.length >= shortestRun { return true }
        position = Int(tree.entries[Int(key.end)].end)
      }
      return false
    }
  }

  /// Appends a value with what was left out of it.
  func expand(_ value: UnsafeBufferPointer<UInt8>, of source: UnsafeBufferPointer<UInt8>, to text: inout [UInt8]) {
    var position = 0
    while let mark = value.firstIndex(of: Self.sign[0], from: position) {
      let end = mark + Self.sign.count + Self.digits
      guard end <= value.count, value[mark...].starts(with: Self.sign) else {
        text.append(contentsOf: UnsafeBufferPointer(rebasing: value[position...mark]))
        position = mark + 1
        continue
      }
      text.append(contentsOf: UnsafeBufferPointer(rebasing: value[position..<mark]))
      let number = value[(mark + Self.sign.count)..<end].reduce(0) { $0 * 10 + Int($1 & 0x0F) }
      text.append(contentsOf: UnsafeBufferPointer(rebasing: source[elided[number]]))
      position = end
    }
    text.append(contentsOf: UnsafeBufferPointer(rebasing: value[position...]))
  }

  private static func holdsSign(_ source: UnsafeBufferPointer<UInt8>) -> Bool {
    var position = 0
    while let found = source.firstIndex(of: sign[0], from: position) {
      if source[found...].starts(with: sign) { return true }
      position = found + 1
    }
    return false
  }

  /// What may be left out of each run that is long enough.
  private static func middles(of source: UnsafeBufferPointer<UInt8>) -> [Range<Int>] {
    isWord.withUnsafeBufferPointer { isWord in
      var middles: [Range<Int>] = []
      var start = 0
      while start + shortestRun <= source.count {
        // From the end of the shortest run backwards: most texts have a blank before that.
        var probe = start + shortestRun - 1
        while probe >= start, isWord[Int(source[probe])] { probe -= 1 }
        guard probe < start else {
          start = probe + 1
          continue
        }
        var end = start + shortestRun
        while end < source.count, isWord[Int(source[end])] { end += 1 }
        middles.append((start + kept.first)..<(end - kept.last))
        start = end
      }
      return middles
    }
  }

  private static let isWord: [Bool] = (0...255).map { (byte: UInt8) in
    byte.isLetter || byte.isDigit || "%+/=-._~".utf8.contains(byte)
  }
}
