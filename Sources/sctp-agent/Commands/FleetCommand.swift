import ArgumentParser
import LinuxNode
import Reconcile
import StatusServer

/// Asks every agent of a cluster.
struct FleetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fleet",
    abstract: "Ask many agents for the status of their nodes, and print a table, the worst first.",
    discussion: """
      A name means all of its addresses. In the agents' pods, the headless Service sctp-agent-nodes has the address
      of every node.
      Exit status: 0 all are Ready, 1 some are not, 2 some are unreachable or none was found.
      """)

  @Argument(help: "HOST, HOST:PORT, [V6] or [V6]:PORT; the port is 9132 unless it is given.")
  var targets: [String]

  @OptionGroup var output: OutputOption

  func validate() throws {
    guard !targets.isEmpty else { throw ValidationError("name at least one target") }
    for target in targets where AgentTarget(parsing: target) == nil {
      throw ValidationError("'\(target)' is not HOST, HOST:PORT, [V6] or [V6]:PORT")
    }
  }

  func run() throws {
    var addresses: [AgentAddress] = []
    var nodes: [FleetReport.Node] = []
    var seen: Set<String> = []
    for target in targets.compactMap(AgentTarget.init(parsing:)) {
      do throws(SocketFailure) {
        let all = try AgentAddress.all(of: target.address, within: .seconds(10))
        addresses += all.filter { seen.insert($0.description).inserted }
      } catch {
        nodes.append(FleetReport.Node(address: target.description, error: "\(error)"))
      }
    }
    let progress = TerminalProgress(total: addresses.count, verb: "asked")
    StatusClient.get("/status", from: addresses) { index, answer in
      let address = addresses[index].description
      switch answer {
      case .success(let answer): nodes.append(FleetReport.Node(address: address, body: answer.content))
      case .failure(let failure): nodes.append(FleetReport.Node(address: address, error: "\(failure)"))
      }
      progress.show(nodes.count)
    }
    progress.clear()
    let report = FleetReport(nodes)
    if output.isJSON {
      JSONResult.print(report, orExit: 2)
    } else {
      StandardStreams.print(text: report.text(width: Terminal.columns, now: NodeClock().now), orExit: 2)
    }
    if report.unreachable > 0 || report.nodes.isEmpty { throw ExitCode(2) }
    if report.notReady > 0 { throw ExitCode(1) }
  }
}

/// A name or an address of agents, with the port where they serve.
struct AgentTarget: CustomStringConvertible {
  private static let standardPort: UInt16 = 9132

  private let host: String
  private let port: UInt16

  /// Returns nil if the text is not of the form HOST, HOST:PORT, [V6] or [V6]:PORT.
  init?(parsing text: String) {
    if let address = ProbeAddress(parsing: text), !address.host.isEmpty, address.port > 0 {
      (host, port) = (address.host, address.port)
    } else if let address = ProbeAddress(parsing: "\(text):\(Self.standardPort)"), !address.host.isEmpty {
      (host, port) = (address.host, address.port)
    } else {
      return nil
    }
  }

  var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

  /// The target in the form that the client of the status server uses.
  var address: ListenAddress { host.contains(":") ? .tcp6(host: host, port: port) : .tcp4(host: host, port: port) }
}
