/// The difference of two files in the form of diff -u (POSIX diff, "Diff -u Output Format").
package enum UnifiedDiff {
  /// - Parameters:
  ///   - old: the bytes before; nil if there is no file.
  ///   - new: the bytes after; nil if there will be no file.
  ///   - path: the path on the node.
  ///   - context: how many unchanged lines surround a change.
  package static func text(old: [UInt8]?, new: [UInt8]?, path: String, context: Int = 3) -> String {
    let count = [old, new].reduce(0) { sum, bytes in sum + (bytes ?? []).count { $0 == UInt8(ascii: "\n") } }
    let header = "--- \(old == nil ? "/dev/null" : "a\(path)")\n+++ \(new == nil ? "/dev/null" : "b\(path)")\n"
    guard count <= mostLines else {
      return "\(header)# the two have \(count) lines together, which is too many to show\n"
    }
    let before = lines(old ?? [])
    let after = lines(new ?? [])
    var text = header
    let edits = edits(from: before, to: after)
    for range in hunks(edits, context: context) { text += hunk(edits[range]) }
    return text
  }

  private struct Edit {
    enum Kind: String { case keep = " ", remove = "-", insert = "+" }
    let kind: Kind
    let line: ArraySlice<UInt8>
    /// The number of lines of the old and of the new file before this one.
    let oldBefore: Int
    let newBefore: Int
  }

  /// Returns each line with its newline, if it has one.
  private static func lines(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
    var lines: [ArraySlice<UInt8>] = []
    var start = bytes.startIndex
    while start < bytes.endIndex {
      let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? bytes.endIndex
      lines.append(bytes[start..<end])
      start = end
    }
    return lines
  }

  /// The number of lines of both files up to which a difference is shown. Nobody reads more.
  private static let mostLines = 20_000

  /// The number of lines of both files, between the first and the last difference, up to which all are compared
  /// pairwise, which takes quadratic time. If there are more, each line is compared with the line of the same number.
  private static let mostCompared = 2000

  private static func edits(from before: [ArraySlice<UInt8>], to after: [ArraySlice<UInt8>]) -> [Edit] {
    let head = zip(before, after).prefix { $0 == $1 }.count
    let tail = zip(before.dropFirst(head).reversed(), after.dropFirst(head).reversed()).prefix { $0 == $1 }.count
    let (old, new) = (head..<(before.count - tail), head..<(after.count - tail))
    var removed = Set<Int>()
    var inserted = Set<Int>()
    if old.count + new.count <= mostCompared {
      for change in after[new].difference(from: before[old]) {
        switch change {
        case .remove(let offset, _, _): removed.insert(head + offset)
        case .insert(let offset, _, _): inserted.insert(head + offset)
        }
      }
    } else {
      removed = Set(old.filter { $0 >= new.upperBound || before[$0] != after[$0] })
      inserted = Set(new.filter { $0 >= old.upperBound || before[$0] != after[$0] })
    }
    return edits(from: before, removed: removed, to: after, inserted: inserted)
  }

  private static func edits(
    from before: [ArraySlice<UInt8>], removed: Set<Int>, to after: [ArraySlice<UInt8>], inserted: Set<Int>
  ) -> [Edit] {
    var edits: [Edit] = []
    var old = 0
    var new = 0
    while old < before.count || new < after.count {
      if old < before.count, removed.contains(old) {
        edits.append(Edit(kind: .remove, line: before[old], oldBefore: old, newBefore: new))
        old += 1
      } else if new < after.count, inserted.contains(new) {
        edits.append(Edit(kind: .insert, line: after[new], oldBefore: old, newBefore: new))
        new += 1
      } else {
        edits.append(Edit(kind: .keep, line: before[old], oldBefore: old, newBefore: new))
        old += 1
        new += 1
      }
    }
    return edits
  }

  private static func hunks(_ edits: [Edit], context: Int) -> [Range<Int>] {
    var hunks: [Range<Int>] = []
    for (index, edit) in edits.enumerated() where edit.kind != .keep {
      let range = max(0, index - context)..<min(edits.count, index + context + 1)
      if let last = hunks.last, range.lowerBound <= last.upperBound {
        hunks[hunks.count - 1] = last.lowerBound..<range.upperBound
      } else {
        hunks.append(range)
      }
    }
    return hunks
  }

  private static func hunk(_ edits: ArraySlice<Edit>) -> String {
    guard let first = edits.first else { return "" }
    let oldCount = edits.count { $0.kind != .insert }
    let newCount = edits.count { $0.kind != .remove }
    let oldStart = first.oldBefore + (oldCount == 0 ? 0 : 1)
    let newStart = first.newBefore + (newCount == 0 ? 0 : 1)
    var text = "@@ -\(range(oldStart, oldCount)) +\(range(newStart, newCount)) @@\n"
    for edit in edits {
      let ended = edit.line.last == UInt8(ascii: "\n")
      text += edit.kind.rawValue + String(decoding: ended ? edit.line.dropLast() : edit.line, as: UTF8.self) + "\n"
      if !ended { text += "\\ No newline at end of file\n" }
    }
    return text
  }

  private static func range(_ start: Int, _ count: Int) -> String { count == 1 ? "\(start)" : "\(start),\(count)" }
}
