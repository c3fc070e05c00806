import CLinux
import Glibc

/// SIGTERM and SIGINT as data: signalfd(2). To be made before other threads.
package struct TerminationSignals: ~Copyable {
  /// Readable when one has come.
  package let descriptor: Int32

  package init() throws(Errno) {
    descriptor = Int32(try Syscall.check { Int(CLinux_signal_descriptor([SIGTERM, SIGINT], 2)) })
  }

  deinit { close(descriptor) }
}
