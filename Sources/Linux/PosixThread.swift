import CLinux
import Glibc

/// A POSIX thread that runs one closure and receives no signals. Its owner calls `join` or `detach` once.
package struct PosixThread: Sendable {
  private final class Body: Sendable {
    let name: String
    let run: @Sendable () -> Void

    init(name: String, run: @escaping @Sendable () -> Void) {
      self.name = name
      self.run = run
    }
  }

  /// Says why a thread could not be started: pthread_create(3).
  package struct Failure: Error, CustomStringConvertible {
    package let name: String
    /// EAGAIN if no more threads are allowed.
    package let error: Errno
    package let remedy = "raise the limit of tasks (TasksMax=, pids.max)"

    package var description: String { "failed to start the thread \(name): \(error); \(remedy)" }
  }

  private let thread: pthread_t

  /// Starts a thread that runs `run`. `top` and `ps` show the name, of at most 15 bytes.
  package init(named name: String, _ run: @escaping @Sendable () -> Void) throws(Failure) {
    var blocked = sigset_t()
    var before = sigset_t()
    sigfillset(&blocked)
    // A thread inherits the signal mask of its creator.
    pthread_sigmask(SIG_SETMASK, &blocked, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    let body = Unmanaged.passRetained(Body(name: name, run: run))
    var thread = pthread_t()
    let status = pthread_create(
      &thread, nil,
      { argument in
        guard let argument else { return nil }
        let body = Unmanaged<Body>.fromOpaque(argument).takeRetainedValue()
        CLinux_name_thread(body.name)
        body.run()
        return nil
      }, body.toOpaque())
    guard status == 0 else {
      body.release()
      throw Failure(name: name, error: Errno(status))
    }
    self.thread = thread
  }

  /// Blocks until the thread ends.
  package func join() { pthread_join(thread, nil) }

  /// Lets the thread end by itself, or with the process.
  package func detach() { pthread_detach(thread) }
}
