import CLinux
import Glibc

/// An eventfd that any thread may signal and one thread waits for.
final class WakeDescriptor: Sendable {
  let descriptor: Int32

  /// Throws if the process may open no more files.
  init() throws(SocketFailure) {
    let descriptor = CLinux_eventfd()
    guard descriptor >= 0 else {
      throw SocketFailure("create an eventfd", errno: -descriptor, remedy: "raise the limit of open files")
    }
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  func signal() {
    var one: UInt64 = 1
    // The write fails only if the counter is full, and then the descriptor is readable already.
    _ = write(descriptor, &one, 8)
  }

  func drain() {
    var count: UInt64 = 0
    _ = read(descriptor, &count, 8)
  }
}
