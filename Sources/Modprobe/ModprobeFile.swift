/// One file of modprobe.d, read as kmod reads it: bad lines are passed over, nothing refuses the whole file.
///
/// Source: modprobe.d(5) and libkmod's behaviour, which in places is wider: a backslash before any byte but a newline
/// vanishes, a NUL ends its line, and `#` makes a comment only as the first byte of a line.
///
/// It reads as kmod 30 does. Others differ so: kmod 33 and later know `weakdep`, which is read here and a bad line
/// before; they drop a backslash that ends the file, which before becomes a byte 0xFF, as here.
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
