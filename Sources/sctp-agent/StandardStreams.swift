import Glibc

/// Standard input, output and error as descriptors.
enum StandardStreams {
  /// A result that ends its own lines.
  static func say(text: String) { write(Array(text.utf8), to: 1) }

  /// A result's line.
  static func say(_ line: String) { write(Array(line.utf8) + [UInt8(ascii: "\n")], to: 1) }

  /// An error's or a progress note's line.
  static func complain(_ line: String) { write(Array(line.utf8) + [UInt8(ascii: "\n")], to: 2) }

  /// Part of a line on standard error.
  static func complain(part: String) { write(Array(part.utf8), to: 2) }

  static func write(_ bytes: [UInt8], to descriptor: Int32) {
    var start = 0
    while start < bytes.count {
      let count = bytes[start...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count > 0 {
        start += count
      } else if errno != EINTR {
        return
      }
    }
  }
}
