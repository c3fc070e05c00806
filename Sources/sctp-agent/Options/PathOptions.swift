import ArgumentParser
import Reconcile

/// What `run` proves beyond its own node.
struct PathOptions: ParsableArguments {
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

  func validate() throws {
    guard (1...365 * 86400).contains(proveInterval) else {
      throw ValidationError("--prove-interval must be from 1 to \(365 * 86400) seconds")
    }
    guard (1...1024).contains(proveLimit) else { throw ValidationError("--prove-limit must be from 1 to 1024") }
    for target in prove where target.host.isEmpty || target.port == 0 {
      throw ValidationError("--prove \(target) needs a host and a port")
    }
    if let echo, echo.port == 0 { throw ValidationError("--echo \(echo) needs a port") }
  }
}
