import CLinux
import Glibc

/// An eventfd(2): any thread signals it, and one thread waits for it with poll(2).
package final class EventDescriptor: Sendable {
  package let descriptor: Int32

  /// Throws what eventfd(2) says, such as EMFILE.
  package init() throws(Errno) { descriptor = Int32(try Syscall.check { Int(CLinux_eventfd()) }) }

  deinit { close(descriptor) }

  /// Makes the descriptor readable.
  package func signal() {
    var one: UInt64 = 1
    // A full counter is the only failure, and then the descriptor is readable already.
    _ = write(descriptor, &one, 8)
  }

  /// Makes the descriptor unreadable again. Returns whether it had been signalled.
  @discardableResult
  func drain() -> Bool {
    var count: UInt64 = 0
    return read(descriptor, &count, 8) == 8
  }
}
