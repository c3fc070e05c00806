import Glibc
import Linux
import Reconcile
import Synchronization

/// Looks up each name on its own thread, because getaddrinfo(3) may block for minutes.
final class NameLookups: Sendable {
  typealias Answer = Result<[String], ProbeFailure>

  private struct State {
    /// Targets whose answer is awaited now.
    var awaited: Set<ProbeAddress> = []
    var underWay: Set<ProbeAddress> = []
    var answers: [(target: ProbeAddress, answer: Answer)] = []
    /// The answers that came after the wait had ended.
    var late: [ProbeAddress: Answer] = [:]
  }

  private let state = Mutex(State())
  private let lookUp: @Sendable (ProbeAddress) -> Answer
  private let answered: EventDescriptor

  /// - Parameters:
  ///   - answered: signalled when there is an answer.
  ///   - lookUp: the lookup that a thread makes.
  init(
    answered: EventDescriptor,
    lookUp: @escaping @Sendable (ProbeAddress) -> Answer = NameLookups.ask
  ) {
    self.answered = answered
    self.lookUp = lookUp
  }

  /// Asks for the target's addresses. There is at most one thread for each target, so that the threads do not pile up
  /// while a name server is silent.
  func begin(_ target: ProbeAddress) {
    if let address = try? SocketAddress.resolve(target, flags: AI_NUMERICHOST).first?.host {
      state.withLock { $0.answers.append((target, .success([address]))) }
      answered.signal()
      return
    }
    let isUnderWay = state.withLock { state in
      state.awaited.insert(target)
      return !state.underWay.insert(target).inserted
    }
    if isUnderWay { return }
    do throws(PosixThread.Failure) {
      try PosixThread(named: "sctp-lookup") { self.finish(target, self.answer(for: target)) }.detach()
    } catch {
      finish(target, .failure(ProbeFailure("pthread_create", error.error)))
    }
  }

  private func answer(for target: ProbeAddress) -> Answer {
    do throws(Errno) {
      try Capabilities.dropAll()
    } catch {
      return .failure(ProbeFailure("capset", error))
    }
    return lookUp(target)
  }

  private func finish(_ target: ProbeAddress, _ answer: Answer) {
    state.withLock { state in
      state.underWay.remove(target)
      if state.awaited.remove(target) != nil {
        state.answers.append((target, answer))
        state.late[target] = nil
      } else {
        state.late[target] = answer
      }
    }
    answered.signal()
  }

  /// Returns what has been answered since the last call.
  func takeAnswers() -> [(target: ProbeAddress, answer: Answer)] {
    state.withLock { state in
      defer { state.answers = [] }
      return state.answers
    }
  }

  /// Ends the wait for the target's answer. Returns the answer that came too late the last time, or nil if none did.
  func giveUp(on target: ProbeAddress) -> Answer? {
    state.withLock { state in
      state.awaited.remove(target)
      return state.late.removeValue(forKey: target)
    }
  }

  /// Returns every address of the name in an address family that this host has.
  private static func ask(_ target: ProbeAddress) -> Answer {
    Result { () throws(ProbeFailure) in
      try SocketAddress.resolve(target, flags: AI_ADDRCONFIG).compactMap(\.host)
    }
  }
}
