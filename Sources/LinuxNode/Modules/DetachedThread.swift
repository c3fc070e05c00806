import CLinux
import Glibc

/// A POSIX thread that nobody waits for. It takes no signals and ends with the process, wherever it is.
enum DetachedThread {
  private final class Body: Sendable {
    let name: String
    let run: @Sendable () -> Void

    init(name: String, run: @escaping @Sendable () -> Void) {
      self.name = name
      self.run = run
    }
  }

  /// Starts a thread that runs `run`. The name is what `top` and `ps` show; at most 15 bytes. Throws what
  /// pthread_create(3) says.
  static func start(named name: String, _ run: @escaping @Sendable () -> Void) throws(Errno) {
    pthread_detach(try startJoinable(named: name, run))
  }

  /// Starts a thread like `start(named:_:)`, which the caller joins or detaches: pthread_join(3), pthread_detach(3).
  static func startJoinable(named name: String, _ run: @escaping @Sendable () -> Void) throws(Errno) -> pthread_t {
    var blocked = sigset_t()
    var before = sigset_t()
    sigfillset(&blocked)
    // A thread inherits the signal mask of the thread that starts it.
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
      throw Errno(status)
    }
    return thread
  }
}
