import Glibc

/// A system call's error number: errno(3).
package struct Errno: Error, Hashable, Sendable {
  package let rawValue: Int32

  package init(_ rawValue: Int32) { self.rawValue = rawValue }

  /// The calling thread's errno. Read it on the line after the call.
  static var last: Errno { Errno(errno) }
}
