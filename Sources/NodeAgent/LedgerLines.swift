import FoundationEssentials
import Reconcile

/// One line of the ledger, without its newline.
struct LedgerLine {
  /// The number of the line, from 1.
  let number: Int
  /// Empty if the line is too long.
  let bytes: ArraySlice<UInt8>
  let isTooLong: Bool

  /// The entry that it holds; nil if it holds none that the agent could have written.
  var entry: LedgerEntry? {
    guard !isTooLong, let entry = try? JSONDecoder().decode(LedgerEntry.self, from: Data(bytes)), entry.defect == nil
    else { return nil }
    return entry
  }

  var isDamaged: Bool { entry == nil }
}

/// The lines of a ledger. They are read piece by piece, so that a long ledger needs no more memory than a short one.
struct LedgerLines {
  /// The longest line that an agent writes, with a path and extended attributes of the longest that Linux has.
  static let lengthLimit = 1024 * 1024

  let files: any NodeFiles
  let path: String

  /// Passes each line that is not empty to `take`, and a last line without its newline only if it holds an entry.
  /// Returns whether there is such a last line.
  func forEach(_ take: (LedgerLine) -> Void) throws(FileFailure) -> Bool {
    var begun: [UInt8] = []
    var isTooLong = false
    var number = 0
    func end(_ rest: ArraySlice<UInt8>) {
      number += 1
      isTooLong = isTooLong || begun.count + rest.count > Self.lengthLimit
      if isTooLong {
        take(LedgerLine(number: number, bytes: [], isTooLong: true))
      } else if begun.isEmpty, !rest.isEmpty {
        take(LedgerLine(number: number, bytes: rest, isTooLong: false))
      } else if !begun.isEmpty {
        begun += rest
        take(LedgerLine(number: number, bytes: begun[...], isTooLong: false))
      }
      begun.removeAll(keepingCapacity: true)
      isTooLong = false
    }
    _ = try files.readPieces(of: path) { piece in
      var start = piece.startIndex
      while let newline = piece[start...].firstIndex(of: UInt8(ascii: "\n")) {
        end(piece[start..<newline])
        start = newline + 1
      }
      if begun.count + piece.count > Self.lengthLimit {
        isTooLong = true
        begun.removeAll()
      }
      if !isTooLong { begun += piece[start...] }
    }
    guard !begun.isEmpty || isTooLong else { return false }
    let last = LedgerLine(number: number + 1, bytes: begun[...], isTooLong: isTooLong)
    if !last.isDamaged { take(last) }
    return true
  }
}
