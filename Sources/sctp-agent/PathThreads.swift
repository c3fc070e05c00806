import Glibc
import Linux
import LinuxNode
import Logging
import Reconcile
import StatusServer

/// The threads of `run --echo` and `run --prove`. None of them has a capability, and the agent waits for none of them.
/// Their nice value is 10, so that a round of many addresses takes no processor from repairs and answers: sched(7).
final class PathThreads {
  /// The state of the paths; nil if neither option is given, so that there is no thread either.
  let paths: NodePaths?
  private let prover: PathProver?
  private let echo: EchoService?
  private var threads: [PosixThread] = []

  /// Starts no thread yet. Throws if an address cannot be served, or a descriptor is missing.
  ///
  /// - Parameters:
  ///   - address: where to serve the echo; nil if nowhere.
  ///   - proofs: what to prove; nothing if there are no targets.
  ///   - announce: signalled when the state of the paths has changed.
  ///   - log: the log for failures of the threads.
  init(
    echo address: ProbeAddress?, proofs: PathProver.Settings, announce: EventDescriptor, log: Logger
  ) throws {
    prover = proofs.targets.isEmpty ? nil : try PathProver(proofs, announce: announce)
    echo = try address.map { try EchoService($0, announce: announce) }
    paths = prover == nil && echo == nil ? nil : NodePaths(prover: prover, echo: echo)
    if let prover { threads.append(try Self.start("sctp-paths", log) { prover.run() }) }
    if let echo { threads.append(try Self.start("sctp-echo", log) { echo.run() }) }
  }

  /// Ends the threads. A lookup for which the name server has not answered ends with the process.
  func stop() {
    prover?.stop()
    echo?.stop()
    for thread in threads { thread.join() }
  }

  private static func start(
    _ name: String, _ log: Logger, _ body: @escaping @Sendable () -> Void
  ) throws -> PosixThread {
    try PosixThread(named: name) {
      do {
        try Capabilities.dropAll()
      } catch {
        log.error("failed to give up the capabilities of the thread \(name): \(error)")
        Glibc.exit(1)
      }
      // On Linux, process 0 of setpriority(2) is the calling thread. If it fails, the proofs are still true.
      let kind = Int32(PRIO_PROCESS.rawValue)
      setpriority(kind, 0, max(getpriority(kind, 0), 10))
      body()
    }
  }
}
