import CLinux
import Glibc
package import Linux

/// SIGTERM and SIGINT as data: signalfd(2). Create it before other threads.
package struct StopSignals: ~Copyable {
  /// A descriptor that is readable when a signal has come.
  package let descriptor: Int32

  /// Blocks both signals for the calling thread and the threads that it will start. Throws the error of signalfd(2).
  package init() throws(Errno) {
    descriptor = Int32(try Syscall.check { Int(CLinux_signal_descriptor([SIGTERM, SIGINT], 2)) })
  }

  deinit { close(descriptor) }
}
