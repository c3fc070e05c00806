import ArgumentParser
import FoundationEssentials
import Reconcile
import StatusServer

/// Asks a running agent.
struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Ask a running agent how this node stands.",
    discussion: "Exit status: 0 Ready, 1 not Ready, 2 unreachable.")

  @Option(
    help: ArgumentHelp(
      "Where the agent listens: HOST:PORT, [V6]:PORT, unix:PATH or http://HOST:PORT.", valueName: "address"))
  var endpoint = "127.0.0.1:9132"

  @OptionGroup var output: OutputOption

  func run() throws {
    let body: [UInt8]
    let document: StatusDocument
    do {
      body = try StatusClient.get("/status", from: ListenAddress(parsing: address))
      document = try JSONDecoder().decode(StatusDocument.self, from: Data(body))
    } catch {
      StandardStreams.complain("failed to ask the agent at \(endpoint): \(error)")
      throw ExitCode(2)
    }
    if output.isJSON {
      StandardStreams.write(body, to: 1)
    } else {
      StandardStreams.say("\(document.node): \(document.message)")
      StandardStreams.say(document.summary)
    }
    if !document.ready { throw ExitCode(1) }
  }

  /// The endpoint without what makes a URL of it; the path asked for is always `/status`.
  private var address: String {
    let scheme = "http://"
    return endpoint.hasPrefix(scheme) ? String(endpoint.dropFirst(scheme.count).prefix { $0 != "/" }) : endpoint
  }
}
