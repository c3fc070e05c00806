import CLinux
import Glibc

/// A thread of its own for work that blocks.
package struct PosixThread: ~Copyable {
  private let thread: pthread_t

  /// Starts `body` with every signal blocked, so that signals come to the loop as data.
  ///
  /// `name` is cut to 15 bytes, pthread_setname_np(3). `body` must not be isolated to an actor: it is called on the new
  /// thread.
  package init(name: String, stackSize: Int = 512 * 1024, body: @escaping @Sendable () -> Void) throws(Errno) {
    var thread = pthread_t()
    let work = Unmanaged.passRetained(Work(body: body))
    let name = String(decoding: name.utf8.prefix(15), as: UTF8.self)
    let result = CLinux_start_thread(
      &thread, name, stackSize,
      { argument in
        guard let argument else { return nil }
        Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body()
        return nil
      }, work.toOpaque())
    if result < 0 { work.release() }
    try Syscall.check { Int(result) }
    self.thread = thread
  }

  /// Waits for the end of `body`.
  package consuming func join() { pthread_join(thread, nil) }

  /// Lets it run on; it ends with the process.
  package consuming func detach() { pthread_detach(thread) }

  private final class Work: Sendable {
    let body: @Sendable () -> Void

    init(body: @escaping @Sendable () -> Void) { self.body = body }
  }
}
