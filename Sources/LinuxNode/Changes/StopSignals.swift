import CLinux
import Glibc

/// SIGTERM and SIGINT as data: signalfd(2). To be made before other threads.
package struct StopSignals: ~Copyable {
  /// Readable when one has come.
  package let descriptor: Int32

  /// Blocks both for the calling thread, and the threads that it will make. Throws what signalfd(2) says.
  package init() throws(Errno) {
    descriptor = Int32(try Syscall.check { Int(CLinux_signal_descriptor([SIGTERM, SIGINT], 2)) })
  }

  deinit { close(descriptor) }
}
