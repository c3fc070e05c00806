import ArgumentParser
import Glibc
import Linux
import LinuxNode
import Logging
import NodeAgent
import Reconcile
import StatusServer

/// Runs the daemon. All parts are put together here.
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Keep SCTP working on this node and report it over HTTP.",
    discussion: "Exit status: 0 on SIGTERM or SIGINT, 1 if it cannot start.")

  @OptionGroup var node: NodeOptions

  @Option(
    help: ArgumentHelp(
      "Where to serve: HOST:PORT, [V6]:PORT, unix:PATH or none. Repeatable; inherited sockets come first. "
        + "Default: \(ListenAddress.standard).", valueName: "address"))
  var listen: [String] = []

  @Option(help: ArgumentHelp("Look again after this long though nothing has happened.", valueName: "seconds"))
  var resync = 60

  @Option(help: ArgumentHelp("Prove SCTP anew by an association after this long.", valueName: "seconds"))
  var probeInterval = 300

  @Flag(help: "Report and touch nothing.")
  var observeOnly = false

  @OptionGroup var paths: PathOptions

  @Option(help: ArgumentHelp("The oldest idle connection is closed beyond this number.", valueName: "number"))
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
    for (option, seconds) in [("--resync", resync), ("--probe-interval", probeInterval)]
    where !(1...year).contains(seconds) {
      throw ValidationError("\(option) must be from 1 to \(year) seconds")
    }
    guard (1...1_000_000).contains(maxConnections) else {
      throw ValidationError("--max-connections must be from 1 to 1000000")
    }
    guard nfdFeaturesDir?.hasPrefix("/") != false else {
      throw ValidationError("--nfd-features-dir must be an absolute path on the node")
    }
  }

  func run() throws {
    let clock = NodeClock()
    let stream = LogStream()
    let log = Logger(label: "sctp-agent") { _ in
      LineLog(level: logLevel.level, format: logFormat, clock: clock, stream: stream)
    }
    do {
      // This blocks the signals, before any thread that could take them is started.
      let rounds = try EventDescriptor()
      let changes = try InotifyChanges(root: node.root, rounds: rounds)
      // libkmod's environment is set here too: no other thread may read it meanwhile.
      let reconciler = try node.unreadReconciler(
        observeOnly: observeOnly, features: nfdFeaturesDir.map { FeatureFile(directory: $0, resync: resync) },
        changes: changes, changesNode: .run)
      let board = try StatusBoard()
      let server = try StatusServer(
        listeners: try listeners(), board: board, limits: ServerLimits(maxConnections: maxConnections))
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
      let proofs = try PathThreads(paths, node: node.node, announce: rounds, log: log)
      defer { proofs.stop() }
      let identity = node.identity(observeOnly: observeOnly, startedAt: clock.now)
      log.notice("sctp-agent \(Version.number) on \(identity.node), kernel \(node.release)")
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

  private func listeners() throws -> [Listener] {
    let inherited = try Listener.inherited(environment: EnvironmentArguments.environment())
    let given = listen.isEmpty && inherited.isEmpty ? ["\(ListenAddress.standard)"] : listen
    return inherited + (try given.compactMap { try Listener.open(ListenAddress(parsing: $0)) })
  }
}

/// Shows the loop's progress on the board.
private struct BoardProgress: ProgressMark {
  let board: StatusBoard

  func begin() { board.beginWork() }
  func end() { board.endWork() }
}
