/// The marks between the documents of a YAML stream that Go's decoder accepts and libyaml refuses: a byte order mark
/// after the first line, and `...` before a document without `---`.
enum YAMLDocumentMarks {
  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
  private static let start = Array("---".utf8)
  private static let end = Array("...".utf8)

  /// Returns a text that libyaml reads as Go's decoder reads `bytes`. Every character keeps its place.
  static func adapted(_ bytes: [UInt8]) -> [UInt8] {
    let places = places(in: bytes)
    guard !places.marks.isEmpty || !places.ends.isEmpty else { return bytes }
    var adapted = bytes
    for place in places.ends { adapted.replaceSubrange(place..<place + end.count, with: start) }
    // Without the mark, `---` is at the beginning of its line.
    for place in places.marks.reversed() { adapted.removeSubrange(place..<place + byteOrderMark.count) }
    return adapted
  }

  /// Returns the byte order marks to be removed, and the `...` that must become `---`.
  private static func places(in bytes: [UInt8]) -> (marks: [Int], ends: [Int]) {
    bytes.withUnsafeBufferPointer { bytes in
      var marks: [Int] = []
      var ends: [Int] = []
      var lineStart = 0
      while lineStart < bytes.count {
        let line = bytes[lineStart...]
        if lineStart > 0, line.starts(with: byteOrderMark), marks.count < 1000 { marks.append(lineStart) }
        if isMark(end, at: lineStart, in: bytes), needsStart(after: lineStart, in: bytes), ends.count < 1000 {
          ends.append(lineStart)
        }
        lineStart = bytes.firstIndex(of: 0x0A, from: lineStart).map { $0 + 1 } ?? bytes.count
      }
      return (marks, ends)
    }
  }

  /// Whether a line begins with this mark, and nothing else belongs to its first word.
  private static func isMark(_ mark: [UInt8], at place: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard bytes[place...].starts(with: mark) else { return false }
    let next = place + mark.count
    return next >= bytes.count || [0x20, 0x09, 0x0A, 0x0D].contains(bytes[next])
  }

  /// Whether a document without `---` and without directives comes after the `...` at this place.
  private static func needsStart(after place: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    var line = place
    while let newline = bytes.firstIndex(of: 0x0A, from: line) {
      line = newline + 1
      if bytes[line...].starts(with: byteOrderMark) { line += byteOrderMark.count }
      guard let first = bytes[line...].first(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D }) else { return false }
      switch first {
      case 0x0A, UInt8(ascii: "#"): continue
      case UInt8(ascii: "%"): return false
      default: return !isMark(start, at: line, in: bytes) && !isMark(end, at: line, in: bytes)
      }
    }
    return false
  }
}
