import ArgumentParser
import LinuxNode
import Reconcile

/// Makes associations: on this host, as a server, as a client.
struct ProbeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "probe",
    abstract: "Prove SCTP by associations: on this host, from pod to pod, through a Service.",
    discussion: """
      A probe opens an SCTP socket, and the kernel then loads the module if nothing blocks it. Use `check` to look at a \
      node without changing it.
      """,
    subcommands: [Loopback.self, Listen.self, Connect.self])

  struct Loopback: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "loopback",
      abstract: "Exchange data with this host over 127.0.0.1 and ::1.",
      discussion: "Exit status: 0 echoed, 1 not. Where IPv6 is off, IPv4 decides.")

    @OptionGroup var output: OutputOption

    func run() throws {
      let probe = SCTPProbe()
      let report = LoopbackReport(loopback4: probe.loopback(.ipv4), loopback6: probe.loopback(.ipv6))
      output.print(report)
      if !report.ok { throw ExitCode.failure }
    }
  }

  struct Listen: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "listen",
      abstract: "Echo what clients send, many at once, until SIGTERM or SIGINT.",
      discussion: "Exit status: 0 when stopped by a signal, 1 if it cannot listen.")

    @Argument(help: "HOST:PORT, [V6]:PORT or :PORT for every address; port 0 takes a free one.")
    var address: ProbeAddress

    @OptionGroup var output: OutputOption

    func run() throws {
      do {
        let stop = try StopSignals()
        let server = try EchoServer(address, stop: stop.descriptor)
        output.print(ListenReport(listening: server.addresses))
        let totals = server.run()
        output.print(TotalsReport(clients: totals.clients, bytes: totals.bytes))
      } catch let failure as ProbeFailure {
        StandardStreams.printError("failed to listen on \(address): \(failure.call): \(failure.message)")
        throw ExitCode.failure
      }
    }
  }

  struct Connect: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "connect",
      abstract: "Send messages to an echo server, check what comes back, and print the latency.",
      discussion: "Exit status: 0 every message echoed, 1 not.")

    @Argument(help: "HOST:PORT or [V6]:PORT; the host may be the name of a Service.")
    var address: ProbeAddress

    @Option(help: ArgumentHelp("Messages to send, one after the other.", valueName: "number"))
    var count = 10

    @Option(help: ArgumentHelp("Bytes of each message, 1 to 65536.", valueName: "bytes"))
    var size = 64

    @Option(help: ArgumentHelp("Local address of the association (default: the kernel's choice).", valueName: "host"))
    var source: String?

    @Option(help: ArgumentHelp("Time limit of the association and of each message.", valueName: "seconds"))
    var timeout = 5.0

    @Option(
      help: ArgumentHelp(
        "Retry for this long until the server answers: it may not have started yet.", valueName: "seconds"))
    var wait = 0.0

    @OptionGroup var output: OutputOption

    func validate() throws {
      guard !address.host.isEmpty, address.port > 0 else { throw ValidationError("the peer needs a host and a port") }
      guard count > 0 else { throw ValidationError("--count must be at least 1") }
      guard (1...65536).contains(size) else { throw ValidationError("--size must be 1 to 65536") }
      guard timeout > 0, timeout <= 86400 else {
        throw ValidationError("--timeout must be more than 0 and at most 86400")
      }
      guard (0...86400).contains(wait) else { throw ValidationError("--wait must be from 0 to 86400 seconds") }
    }

    func run() throws {
      let client = EchoClient(
        count: count, size: size, source: source.map(ProbeAddress.init(source:)),
        timeout: .milliseconds(Int64(timeout * 1000)))
      let progress = TerminalProgress(total: count, verb: "echoed")
      let outcome = client.run(address, retryingFor: .milliseconds(Int64(wait * 1000))) { progress.show($0) }
      progress.clear()
      let report = ConnectReport(asked: address, count: count, size: size, outcome)
      output.print(report)
      if !report.ok { throw ExitCode.failure }
    }
  }
}

extension ProbeAddress: ExpressibleByArgument {
  public init?(argument: String) { self.init(parsing: argument) }
}
