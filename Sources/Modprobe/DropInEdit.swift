/// Changes to a drop-in file that leave every other byte as it was.
package enum DropInEdit {
  /// Puts `# ` before every physical line of the rules that begin on these lines.
  ///
  /// The lines that a backslash continues are marked too, so that a reader that knows no continuation sees comments
  /// only; kmod joins the whole into one comment.
  ///
  /// - Parameters:
  ///   - lines: numbers of rules' first lines, counted from 1.
  ///   - contents: a file of modprobe.d.
  /// - Returns: the file with those rules as comments.
  package static func commentingOut(lines: Set<Int>, of contents: [UInt8]) -> [UInt8] {
    var edited: [UInt8] = []
    edited.reserveCapacity(contents.count + 2 * lines.count)
    var lineNumber = 1
    var isMarked = false
    var continues = false
    var atLineStart = true
    var escaped = false
    for byte in contents {
      if atLineStart {
        if !continues { isMarked = lines.contains(lineNumber) }
        if isMarked { edited += "# ".utf8 }
        atLineStart = false
      }
      edited.append(byte)
      if byte == UInt8(ascii: "\n") {
        lineNumber += 1
        atLineStart = true
        continues = escaped
        escaped = false
      } else {
        escaped = byte == UInt8(ascii: "\\") && !escaped
      }
    }
    return edited
  }
}
