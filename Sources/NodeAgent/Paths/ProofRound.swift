package import Reconcile

/// One round of proofs: looks up all targets, chooses from their addresses, and proves the chosen ones at the same time.
///
/// However many addresses are silent, the round takes no longer than one of them: at most the time limit for the names,
/// and then that of a proof.
package struct ProofRound {
  private let targets: [ProbeAddress]
  private let limit: Int
  private let node: String
  private let network: any PathNetwork
  private let goesOn: () -> Bool

  private var unresolved: Set<ProbeAddress> = []
  private var proofs: [PathSocket: (target: ProbeAddress, address: String, proof: PathProof)] = [:]
  private var readings: [PathReading] = []
  private var own: Set<String> = []
  private var seed = UInt64.random(in: .min ... .max)

  /// - Parameters:
  ///   - limit: how many addresses of a target are proved at most.
  ///   - node: the name of this node, which decides the addresses that it proves.
  ///   - goesOn: asked after an interruption; false ends the round.
  package init(
    targets: [ProbeAddress], limit: Int, node: String, network: any PathNetwork, goesOn: @escaping () -> Bool
  ) {
    self.targets = targets
    self.limit = limit
    self.node = node
    self.network = network
    self.goesOn = goesOn
  }

  /// Returns a reading for each chosen address and for each name that has none; nil if the round was ended.
  package mutating func run() -> [PathReading]? {
    let namesDue = network.now + PathProof.timeout
    own = network.ownAddresses()
    unresolved = Set(targets)
    for target in unresolved { network.resolve(target) }
    while !unresolved.isEmpty || !proofs.isEmpty {
      let due = proofs.values.lazy.map(\.proof.deadline).min()
      let deadline = unresolved.isEmpty ? due : min(due ?? namesDue, namesDue)
      for event in network.wait(until: deadline ?? namesDue) {
        switch event {
        case .resolved(let target, let result):
          if unresolved.remove(target) != nil { take(result, of: target) }
        case .ready(let socket): advance(socket)
        case .interrupted:
          guard goesOn() else {
            for socket in proofs.keys { network.close(socket, gracefully: false) }
            return nil
          }
        }
      }
      if network.now >= namesDue { giveUpNames() }
      expire()
    }
    return readings
  }

  private mutating func take(_ result: Result<[String], ProbeFailure>, of target: ProbeAddress) {
    switch result {
    case .failure(let failure): addReading(target, "", .notResolved, "\(failure.call): \(failure.message)")
    case .success(let addresses):
      let others = addresses.filter { !own.contains($0) }
      for address in RendezvousChoice.of(others, by: node, limit: limit) { begin(target, address) }
    }
  }

  /// Uses an answer of the name server that came too late for the last round. If an address is gone, its proof fails.
  private mutating func giveUpNames() {
    for target in unresolved {
      take(
        network.giveUp(on: target)
          ?? .failure(
            ProbeFailure(
              call: "getaddrinfo", errno: 0,
              message: "no name server answered for '\(target.host)' within "
                + "\(PathProof.timeout.components.seconds) s; check the DNS of this node or pod")), of: target)
    }
    unresolved = []
  }

  private mutating func begin(_ target: ProbeAddress, _ address: String) {
    seed &+= 1
    var proof = PathProof(
      began: network.now, small: EchoPayload.bytes(PathProof.smallSize, seed: seed),
      large: EchoPayload.bytes(PathProof.largeSize, seed: ~seed))
    do throws(ProbeFailure) {
      proofs[try network.open(address, port: target.port)] = (target, address, proof)
    } catch {
      proof.failed(error)
      finish(target, address, proof)
    }
  }

  /// Advances one proof as far as its socket allows now.
  private mutating func advance(_ socket: PathSocket) {
    guard var proof = proofs[socket]?.proof else { return }
    do throws(ProbeFailure) {
      if proof.isConnecting, try network.isConnected(socket) { proof.connected() }
      if !proof.isConnecting {
        let received = try network.receive(on: socket)
        proof.received(received, at: network.now)
        if proof.result == nil, !proof.unsent.isEmpty { proof.sent(try network.send(proof.unsent, on: socket)) }
      }
    } catch {
      proof.failed(error)
    }
    proofs[socket]?.proof = proof
    if proof.result != nil { end(socket) }
  }

  private mutating func expire() {
    let now = network.now
    for (socket, entry) in proofs where entry.proof.deadline <= now {
      proofs[socket]?.proof.expired(rejection: network.rejection(of: socket))
      end(socket)
    }
  }

  private mutating func end(_ socket: PathSocket) {
    guard let (target, address, proof) = proofs.removeValue(forKey: socket) else { return }
    if case .proved? = proof.result {
      network.close(socket, gracefully: true)
    } else {
      network.close(socket, gracefully: false)
    }
    finish(target, address, proof)
  }

  private mutating func finish(_ target: ProbeAddress, _ address: String, _ proof: PathProof) {
    switch proof.result {
    case .proved(let seconds):
      addReading(
        target, address, .proved,
        "an association echoed \(PathProof.smallSize) and \(PathProof.largeSize) bytes", seconds: seconds)
    case .failed(let reason, let message): addReading(target, address, reason, message)
    case nil: break
    }
  }

  private mutating func addReading(
    _ target: ProbeAddress, _ address: String, _ reason: PathReason, _ message: String, seconds: Double? = nil
  ) {
    readings.append(
      PathReading(
        target: "\(target)", address: address, reason: reason, message: message, seconds: seconds,
        at: network.timestamp))
  }
}
