import CLinux

/// The capabilities of the calling thread: capabilities(7).
package enum Capabilities {
  /// Gives up all of them for good, and any way to new ones. Other threads keep theirs.
  package static func dropAll() throws(Errno) { try Syscall.check { Int(CLinux_drop_capabilities()) } }

  /// Whether the thread may load modules (CAP_SYS_MODULE).
  package static func mayLoadModules() throws(Errno) -> Bool {
    try effective() & 1 << UInt64(CLinux_CAP_SYS_MODULE) != 0
  }

  /// Bit n is the capability of number n.
  static func effective() throws(Errno) -> UInt64 {
    var effective: UInt64 = 0
    try Syscall.check { Int(CLinux_effective_capabilities(&effective)) }
    return effective
  }
}
