import NodeAgent
import NodeTesting
import Reconcile
import Testing

@Suite struct ProofRoundTests {
  private static func target(_ text: String) throws -> ProbeAddress { try #require(ProbeAddress(parsing: text)) }

  private static func run(
    _ network: FakePathNetwork, _ targets: [String] = ["agents:9133"], limit: Int = 16, node: String = "n",
    goesOn: @escaping () -> Bool = { true }
  ) throws -> [PathReading]? {
    var round = ProofRound(
      targets: try targets.map(target), limit: limit, node: node, network: network, goesOn: goesOn)
    return round.run()
  }

  private static func network(_ peers: [String: FakePathNetwork.Peer]) -> FakePathNetwork {
    FakePathNetwork(peers: peers, names: ["agents": .addresses(peers.keys.sorted(), afterMilliseconds: 1)])
  }

  /// The fake does what the kernel's sockets do, which are held to the same.
  @Test func `the network in memory keeps the contract`() throws {
    func contract() -> PathNetworkContract {
      let network = FakePathNetwork(
        peers: ["10.0.0.1": .echoes(1), "10.0.0.2": .refuses],
        names: ["known": .addresses(["10.0.0.1"], afterMilliseconds: 1), "unknown": .unknown])
      return PathNetworkContract(network, echo: ("10.0.0.1", 1), closed: ("10.0.0.2", 1))
    }
    contract().aWaitWithoutNewsEndsAtItsDeadline()
    try contract().whatIsSentComesBack()
    contract().nobodyListeningIsRefused()
    try contract().aClosedSocketHasNoMoreNews()
    contract().namesAreAnsweredByEvents(known: try Self.target("known:1"), unknown: try Self.target("unknown:1"))
  }

  @Test(arguments: [
    (FakePathNetwork.Peer.echoes(2), PathReason.proved), (.echoesPieces(100), .proved), (.silent, .noAnswer),
    (.refuses, .refused), (.rejects, .unreachable), (.hasNoRoute, .unreachable), (.isDenied, .denied),
    (.losesLarge, .largeMessageLost), (.corrupts, .corrupted), (.floods, .corrupted), (.neverReads, .noAnswer),
    (.hangsUp, .refused),
  ])
  func `every kind of peer has its reason`(_ peer: FakePathNetwork.Peer, _ reason: PathReason) throws {
    let network = Self.network(["10.0.0.1": peer])
    let readings = try #require(try Self.run(network))
    #expect(readings.map(\.reason) == [reason])
    #expect(readings.first?.target == "agents:9133" && readings.first?.address == "10.0.0.1")
    #expect((readings.first?.seconds != nil) == (reason == .proved))
    #expect(network.openSockets == 0)
  }

  @Test func `a peer that takes little at a time is proved`() throws {
    let network = Self.network(["10.0.0.1": .echoes(1)])
    network.room = 1000
    #expect(try Self.run(network)?.map(\.reason) == [.proved])
  }

  @Test func `190 silent addresses of 200 cost no more time than one`() throws {
    var peers: [String: FakePathNetwork.Peer] = [:]
    for number in 0..<200 { peers["10.0.0.\(number)"] = number < 10 ? .echoes(1) : .silent }
    let network = Self.network(peers)
    let began = network.now
    let readings = try #require(try Self.run(network, limit: 200))
    #expect(readings.filter { $0.reason == .proved }.count == 10)
    #expect(readings.filter { $0.reason == .noAnswer }.count == 190)
    #expect(network.mostAtOnce == 200)
    #expect(network.now - began <= PathProof.timeout * 2)
    #expect(network.openSockets == 0 && network.gracefulEnds == 10)
  }

  @Test func `addresses of this host are left out`() throws {
    let network = Self.network(["10.0.0.1": .echoes(1), "10.0.0.2": .echoes(1)])
    network.own = ["10.0.0.1"]
    #expect(try Self.run(network)?.map(\.address) == ["10.0.0.2"])
    network.own.insert("10.0.0.2")
    #expect(try Self.run(network)?.isEmpty == true)
  }

  @Test func `of more addresses than the limit the node takes those of its choice, its own not among them`() throws {
    let addresses = (0..<40).map { "10.0.0.\($0)" }
    let network = Self.network(Dictionary(uniqueKeysWithValues: addresses.map { ($0, .echoes(1)) }))
    network.own = ["10.0.0.7"]
    let expected = RendezvousChoice.of(addresses.filter { $0 != "10.0.0.7" }, by: "worker-3", limit: 16)
    #expect(try Self.run(network, node: "worker-3")?.map(\.address).sorted() == expected)
  }

  @Test func `a name without an address and one without an answer are not resolved, and cost the others nothing`()
    throws
  {
    let network = FakePathNetwork(
      peers: ["10.0.0.1": .echoes(1), "10.0.0.2": .echoes(1)],
      names: [
        "good": .addresses(["10.0.0.1"], afterMilliseconds: 1),
        "slow": .addresses(["10.0.0.2"], afterMilliseconds: 2000),
        "late": .addresses(["10.0.0.2"], afterMilliseconds: 9000), "dead": .neverAnswered,
      ])
    let began = network.now
    let readings = try #require(try Self.run(network, ["good:1", "slow:1", "late:1", "dead:1", "none:1"]))
    #expect(network.now - began <= PathProof.timeout * 2)
    let reasons = Dictionary(uniqueKeysWithValues: readings.map { ($0.target, $0.reason) })
    #expect(
      reasons == [
        "good:1": .proved, "slow:1": .proved, "late:1": .notResolved, "dead:1": .notResolved, "none:1": .notResolved,
      ])
    let good = try #require(readings.first { $0.target == "good:1" })
    #expect(good.at.milliseconds - 1_790_000_000_000 < 1_000_100)
  }

  @Test func `a name server that is always late is heeded one round later`() throws {
    let network = FakePathNetwork(
      peers: ["10.0.0.2": .echoes(1)], names: ["late": .addresses(["10.0.0.2"], afterMilliseconds: 4500)])
    #expect(try Self.run(network, ["late:1"])?.map(\.reason) == [.notResolved])
    for _ in 0..<3 {
      _ = network.wait(until: network.now + .seconds(50))
      let began = network.now
      #expect(try Self.run(network, ["late:1"])?.map(\.reason) == [.proved])
      #expect(network.now - began <= PathProof.timeout * 2)
    }
  }

  @Test func `an interruption ends the round only where it is to end, and closes every socket`() throws {
    let network = Self.network(["10.0.0.1": .silent, "10.0.0.2": .silent])
    network.interrupt(afterMilliseconds: 100)
    #expect(try Self.run(network)?.count == 2)
    network.interrupt(afterMilliseconds: 100)
    let began = network.now
    #expect(try Self.run(network, goesOn: { false }) == nil)
    #expect(network.now - began < .seconds(1))
    #expect(network.openSockets == 0)
  }

  @Test func `the same address in two targets is proved in each`() throws {
    let network = Self.network(["10.0.0.1": .echoes(1)])
    network.names["service"] = .addresses(["10.0.0.1"], afterMilliseconds: 5)
    #expect(try Self.run(network, ["agents:1", "service:2"])?.map(\.target).sorted() == ["agents:1", "service:2"])
  }
}
