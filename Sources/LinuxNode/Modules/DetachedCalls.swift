import Glibc
package import Linux
package import Reconcile
import Synchronization

/// Makes calls that may never return, one at a time, each on its own thread. The caller waits for a limited time.
///
/// The kernel may keep a load for as long as it likes: a module's init function sleeps, or the disk that holds the
/// module's file hangs. The daemon's loop has to go on meanwhile.
package final class DetachedCalls: Sendable {
  /// How long a caller waits.
  private let patience: Duration
  /// A descriptor that ends the wait when it is readable.
  private let interruption: Int32?
  /// Signalled when a call ends for which no caller waits.
  private let lateEnd: EventDescriptor?
  private let current = Mutex<UnfinishedModuleWork?>(nil)

  package init(patience: Duration, interruption: Int32?, lateEnd: EventDescriptor?) {
    self.patience = patience
    self.interruption = interruption
    self.lateEnd = lateEnd
  }

  /// The call that has not ended yet; nil if there is none.
  package var unfinished: UnfinishedModuleWork? { current.withLock { $0 } }

  /// Makes the call and returns its value. Returns nil if the call does not end in time, and at once if an earlier one
  /// has not ended. Throws if there can be no thread for it.
  ///
  /// - Parameters:
  ///   - body: the call.
  ///   - subject: what the call does, such as `loading sctp`.
  ///   - late: called with the value of a call that ended after `run` had returned nil, on the call's own thread.
  package func run<Value: Sendable>(
    _ subject: String, late: @escaping @Sendable (Value) -> Void = { _ in }, _ body: @escaping @Sendable () -> Value
  ) throws(Errno) -> Value? {
    let isFree = current.withLock { current in
      guard current == nil else { return false }
      current = UnfinishedModuleWork(subject: subject, since: .now)
      return true
    }
    guard isFree else { return nil }
    let call: Call<Value>
    let thread: PosixThread
    do throws(Errno) {
      call = try Call()
      do throws(PosixThread.Failure) {
        thread = try PosixThread(named: "kmod") { [call, current = self, lateEnd] in
          let value = body()
          let isLate = call.end(with: value)
          if isLate { late(value) }
          current.current.withLock { $0 = nil }
          call.ended.signal()
          if isLate { lateEnd?.signal() }
        }
      } catch {
        throw error.error
      }
    } catch {
      current.withLock { $0 = nil }
      throw error
    }
    wait(for: call.ended)
    let value = call.take()
    // The libraries that libkmod uses clean up when a thread ends, and crash if the process exits at that time.
    if value == nil { thread.detach() } else { thread.join() }
    return value
  }

  private func wait(for event: EventDescriptor) {
    let deadline = Deadline(after: patience, orReadable: interruption)
    var descriptors = [event.descriptor, interruption].compactMap(\.self).map {
      pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
    }
    // The only failure is a lack of memory, and then the caller goes on without the value.
    _ = try? Syscall.poll(&descriptors) { deadline.remaining }
  }

  /// The value of a call, which one thread sets and another takes.
  private final class Call<Value: Sendable>: Sendable {
    private enum State {
      case running
      case ended(Value)
      /// The caller has returned without it.
      case abandoned
    }

    let ended: EventDescriptor
    private let state = Mutex(State.running)

    init() throws(Errno) { ended = try EventDescriptor() }

    /// Returns whether the caller has given up waiting.
    func end(with value: Value) -> Bool {
      state.withLock { state in
        if case .abandoned = state { return true }
        state = .ended(value)
        return false
      }
    }

    /// Returns nil if the call is still running, and abandons it.
    func take() -> Value? {
      state.withLock { state in
        if case .ended(let value) = state { return value }
        state = .abandoned
        return nil
      }
    }
  }
}

extension Timestamp {
  /// The wall clock.
  fileprivate static var now: Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
  }
}
