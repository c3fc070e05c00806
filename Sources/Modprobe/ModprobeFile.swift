/// One file of modprobe.d, read as the newest kmod reads it: bad lines are skipped, nothing refuses the whole file.
///
/// Source: modprobe.d(5) and libkmod's behaviour, which in places is wider: a backslash before any byte but a newline
/// vanishes, a NUL ends its line, and `#` makes a comment only as the first byte of a line.
package struct ModprobeFile: Sendable {
  package let rules: [ModprobeRule]
  package let skipped: [SkippedLine]

  package init(path: String, contents: [UInt8]) {
    var reader = ModprobeLineReader()
    reader.read(contents, path: path)
    rules = reader.rules
    skipped = reader.skipped
  }
}
