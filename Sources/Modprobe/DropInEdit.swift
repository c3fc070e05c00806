/// Edits of a drop-in file that leave every other byte as it is.
package enum DropInEdit {
  /// Returns the file with `# ` before every physical line of the rules that begin on the given lines.
  ///
  /// Lines that continue a rule after a backslash get a mark too, so that a reader without continuation lines sees only
  /// comments. kmod joins all of them into one comment.
  ///
  /// - Parameters:
  ///   - lines: the numbers of the first lines of the rules, counted from 1.
  ///   - contents: the contents of a file of modprobe.d.
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
