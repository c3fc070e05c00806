import ArgumentParser
import Glibc
import Linux
import LinuxNode
import Logging
import Modprobe
import NodeAgent
import Reconcile
import StatusServer

/// Runs the daemon. All parts are put together here.
struct RunCommand: NodeCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Keep SCTP working on this node and report it over HTTP.",
    discussion: "Exit status: 0 on SIGTERM or SIGINT, 1 if it cannot start.")

  @OptionGroup var place: PlaceOptions
  @OptionGroup var declared: IntentOptions

  @Option(
    help: ArgumentHelp(
      "Where to serve: HOST:PORT, [V6]:PORT, unix:PATH or none. Repeatable; inherited sockets come first. "
        + "Default: \(ListenAddress.standard).", valueName: "address"))
  var listen: [String] = []

  @Option(help: ArgumentHelp("Check the node again at least this often.", valueName: "seconds"))
  var resync = 60

  @Option(help: ArgumentHelp("Repeat the loopback probe at least this often.", valueName: "seconds"))
  var probeInterval = 300

  @Flag(help: "Report only, and change nothing.")
  var observeOnly = false

  @Option(
    help: ArgumentHelp(
      "Serve an SCTP echo for the proofs of other agents: HOST:PORT, [V6]:PORT, or :PORT for every address.",
      valueName: "address"))
  var echo: ProbeAddress?

  @Option(
    help: ArgumentHelp(
      "Prove the paths to every address of this name regularly, with SCTP associations: HOST:PORT. Repeatable.",
      valueName: "address"))
  var prove: [ProbeAddress] = []

  @Option(help: ArgumentHelp("Time from one round of proofs to the next.", valueName: "seconds"))
  var proveInterval = 60

  @Option(
    help: ArgumentHelp(
      "Maximum number of addresses of a target that this node proves. If there are more, the agents share them.",
      valueName: "number"))
  var proveLimit = 16

  @Option(
    help: ArgumentHelp(
      "Maximum number of connections; the oldest idle one is closed to make room.", valueName: "number"))
  var maxConnections = 1024

  @Option(
    help: ArgumentHelp(
      "Directory below the root for Node Feature Discovery's feature file, which is there while SCTP is usable; "
        + "none without it.", valueName: "dir"), completion: .directory)
  var nfdFeaturesDir: String?

  @Option(help: "trace, debug, info, notice, warning or error.")
  var logLevel = LogLevel.info

  @Option(help: "auto, text, json or journal.")
  var logFormat = LogFormat.auto

  func validate() throws {
    let year = 365 * 86400
    for (option, seconds) in [
      ("--resync", resync), ("--probe-interval", probeInterval), ("--prove-interval", proveInterval),
    ] where !(1...year).contains(seconds) {
      throw ValidationError("\(option) must be from 1 to \(year) seconds")
    }
    guard (1...1_000_000).contains(maxConnections) else {
      throw ValidationError("--max-connections must be from 1 to 1000000")
    }
    guard nfdFeaturesDir?.hasPrefix("/") != false else {
      throw ValidationError("--nfd-features-dir must be an absolute path on the node")
    }
    guard (1...1024).contains(proveLimit) else { throw ValidationError("--prove-limit must be from 1 to 1024") }
    for target in prove where target.host.isEmpty || target.port == 0 {
      throw ValidationError("--prove \(target) needs a host and a port")
    }
    if let echo, echo.port == 0 { throw ValidationError("--echo \(echo) needs a port") }
  }

  func run() throws {
    let clock = NodeClock()
    let stream = LogStream()
    let log = {
      var log = Logger(label: "sctp-agent") { _ in
        LineLog(level: logLevel.level, format: logFormat, clock: clock, stream: stream)
      }
      log[metadataKey: "node"] = "\(node.node)"
      return log
    }()
    // They mean nothing to the agent, and would end it.
    for number in [SIGUSR1, SIGUSR2, SIGALRM] { signal(number, SIG_IGN) }
    do {
      // This blocks the signals. It must be called before any thread that could receive them is started.
      let rounds = try EventDescriptor()
      let changes = try InotifyChanges(
        root: node.root, modules: ModuleDirectory.of(node.release), rounds: rounds)
      // This sets an environment variable for libkmod, so no other thread may run yet.
      let reconciler = try node.unreadReconciler(
        observeOnly: observeOnly, features: nfdFeaturesDir.map { FeatureFile(directory: $0, resync: resync) },
        changes: changes, changesNode: .run)
      let board = try StatusBoard()
      let listeners = try listeners()
      let addresses = listeners.isEmpty ? "none" : listeners.map(\.address).joined(separator: ", ")
      let server = try StatusServer(
        listeners: listeners, board: board, limits: ServerLimits(maxConnections: maxConnections))
      let serving = try server.start(preparing: {
        do throws(ThreadRightsFailure) {
          try ThreadRights.dropFiles(except: "/proc")
        } catch {
          log.notice("the serving thread keeps root's rights to files: \(error)")
        }
        do {
          try Capabilities.dropAll()
        } catch {
          log.error("failed to give up the capabilities of the serving thread: \(error)")
          Glibc.exit(1)
        }
        board.awaitNews(upTo: .seconds(2))
      })
      defer {
        server.stop()
        serving.join()
      }
      let proofs = try PathThreads(
        echo: echo,
        proofs: PathProver.Settings(
          targets: prove, interval: .seconds(proveInterval), limit: proveLimit, node: node.node),
        announce: rounds, log: log)
      defer { proofs.stop() }
      let identity = node.identity(observeOnly: observeOnly, startedAt: clock.now)
      logStart(in: log, address: addresses)
      var rendering = SnapshotRendering(build: Version.build)
      let agent = Agent(
        reconciler: reconciler,
        settings: Agent.Settings(
          resync: .seconds(resync), probeInterval: .seconds(probeInterval), identity: identity),
        changes: changes, notifier: SystemdNotifier(variable: environmentValue), clock: clock,
        progress: BoardProgress(board: board), paths: proofs.paths, log: log,
        publish: { news in
          do {
            board.publish(try rendering.snapshot(of: news.document, history: news.history))
          } catch {
            log.error("failed to render the status: \(error)")
          }
        }, rest: ProcessMemory.giveBack,
        notes: { stream.dropped > 0 ? [LineLog.report(ofDropped: stream.dropped)] : [] })
      agent.run()
    } catch {
      log.error("\(error)")
      throw ExitCode(1)
    }
  }

  /// Logs the first line of the log: the version, the node and the settings.
  private func logStart(in log: Logger, address: String) {
    let intent =
      node.intent.isEmpty ? "\(IntentSources.defaultDirectory) or built in" : node.intent.joined(separator: ", ")
    log.notice(
      """
      sctp-agent \(Version.number) on \(node.node): kernel \(node.release), root \(node.root), intent \(intent), \
      policy \(node.policy.rawValue)\(observeOnly ? " (observes only)" : ""), address \(address)
      """,
      metadata: [
        "version": "\(Version.number)", "kernel": "\(node.release)", "root": "\(node.root)", "intent": "\(intent)",
        "policy": "\(node.policy.rawValue)", "address": "\(address)",
      ])
  }

  private func listeners() throws -> [Listener] {
    let inherited = try Listener.inherited(variable: environmentValue)
    let given = listen.isEmpty && inherited.isEmpty ? ["\(ListenAddress.standard)"] : listen
    return inherited + (try given.compactMap { try Listener.open(ListenAddress(parsing: $0)) })
  }
}

/// Reports the loop's progress to the board.
private struct BoardProgress: ProgressMark {
  let board: StatusBoard

  func begin() { board.beginWork() }
  func end() { board.endWork() }
}
