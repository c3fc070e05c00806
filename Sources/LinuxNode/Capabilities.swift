import CLinux
package import Linux

/// The capabilities of the calling thread: capabilities(7).
package enum Capabilities {
  /// Gives up all capabilities for good, and every way to gain new ones. Other threads keep theirs.
  package static func dropAll() throws(Errno) { try Syscall.check { Int(CLinux_drop_capabilities()) } }
}
