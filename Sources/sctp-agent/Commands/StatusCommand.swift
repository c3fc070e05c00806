import ArgumentParser
import FoundationEssentials
import Reconcile
import StatusServer

/// Asks a running agent for its status.
struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Ask a running agent for the status of this node.",
    discussion: "Exit status: 0 Ready, 1 not Ready, 2 unreachable.")

  @Option(
    help: ArgumentHelp(
      "Where the agent listens: HOST:PORT, [V6]:PORT, unix:PATH or http://HOST:PORT.", valueName: "address"))
  var endpoint = "\(ListenAddress.standard)"

  @OptionGroup var output: OutputOption

  func run() throws {
    let body: [UInt8]
    do {
      body = try StatusClient.get("/status", from: ListenAddress(parsing: address)).content
    } catch {
      StandardStreams.printError("failed to ask the agent at \(endpoint): \(error)")
      throw ExitCode(2)
    }
    guard let answer = try? JSONDecoder().decode(StatusSummary.self, from: Data(body)) else {
      StandardStreams.printError(
        "failed to read the answer of \(endpoint): it is not an agent's /status; name the agent's own address")
      throw ExitCode(2)
    }
    if output.isJSON {
      StandardStreams.write(body, orExit: 2)
    } else {
      StandardStreams.print(text: answer.text(at: NodeClock().now), orExit: 2)
    }
    if !answer.ready { throw ExitCode(1) }
  }

  /// Returns the endpoint without the scheme and path of a URL. The requested path is always `/status`.
  private var address: String {
    let scheme = "http://"
    return endpoint.hasPrefix(scheme) ? String(endpoint.dropFirst(scheme.count).prefix { $0 != "/" }) : endpoint
  }
}
