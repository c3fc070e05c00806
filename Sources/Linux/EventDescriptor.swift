import CLinux
import Glibc

/// An eventfd(2): any thread signals it, and one thread waits for it.
package final class EventDescriptor: Sendable {
  package let descriptor: Int32

  /// Throws what eventfd(2) says, such as EMFILE.
  package init() throws(Errno) { descriptor = Int32(try Syscall.check { Int(CLinux_eventfd()) }) }

  deinit { close(descriptor) }

  /// Makes the descriptor readable.
  package func signal() {
    var one: UInt64 = 1
    // The write fails only if the counter is full, and then the descriptor is readable already.
    _ = write(descriptor, &one, 8)
  }

  /// Makes the descriptor unreadable again. Returns whether it had been signalled.
  @discardableResult
  package func drain() -> Bool {
    var count: UInt64 = 0
    return read(descriptor, &count, 8) == 8
  }

  /// Blocks until the descriptor is readable or the time is over. Nil waits for ever. Leaves the descriptor as it is.
  package func awaitSignal(atMost limit: Duration?) {
    var state = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    poll(&state, 1, limit?.pollMilliseconds ?? -1)
  }

  /// Blocks like `awaitSignal`, and makes the descriptor unreadable again.
  package func wait(atMost limit: Duration?) {
    awaitSignal(atMost: limit)
    drain()
  }
}
