import CLinux
import Glibc

/// A system call's error number: errno(3).
package struct Errno: Error, Hashable, Sendable, CustomStringConvertible {
  package let rawValue: Int32

  package init(_ rawValue: Int32) { self.rawValue = rawValue }

  /// The calling thread's errno. Read it on the line after the call.
  package static var last: Errno { Errno(errno) }

  /// The constant's name, such as `EROFS`.
  package var name: String { CLinux_error_name(rawValue).map { String(cString: $0) } ?? "errno \(rawValue)" }

  /// The meaning of the number in English, such as `read-only file system`. It begins in lower case, because it is part of
  /// a sentence; abbreviations such as RFS stay as they are.
  package var words: String {
    guard let text = CLinux_error_words(rawValue).map({ String(cString: $0) }) else { return "unknown error" }
    let isAbbreviation = text.dropFirst().first?.isUppercase ?? true
    return isAbbreviation ? text : "\(text.prefix(1).lowercased())\(text.dropFirst())"
  }

  /// `read-only file system (EROFS)`.
  package var description: String { "\(words) (\(name))" }
}
