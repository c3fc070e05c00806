import Glibc
import Linux
import NodeAgent
import NodeTesting
import Reconcile
import Synchronization
import Testing

@testable import LinuxNode

/// Over TCP where this kernel has no SCTP: the calls are the same but for one number. Tests/VM makes them over SCTP.
@Suite struct PathNetworkTests {
  /// An echo server on its own thread, and the network under test.
  private final class Fixture {
    let echo: ProbeAddress
    let network: KernelPathNetwork
    let interruption: EventDescriptor
    private let stop: EventDescriptor
    private let thread: BackgroundThread

    init(lookUp: @escaping @Sendable (ProbeAddress) -> NameLookups.Answer = { _ in .success(["127.0.0.1"]) }) throws {
      let stop = try EventDescriptor()
      let server = try EchoServer(
        ProbeAddress(host: "127.0.0.1", port: 0), stop: stop.descriptor, transport: ProbeTests.transport)
      echo = try #require(ProbeAddress(parsing: server.addresses[0]))
      nonisolated(unsafe) let running = server
      thread = BackgroundThread { _ = running.run() }
      self.stop = stop
      interruption = try EventDescriptor()
      let lookups = NameLookups(answered: interruption, lookUp: lookUp)
      network = try KernelPathNetwork(
        interruption: interruption, lookups: lookups, transport: ProbeTests.transport, own: { [] })
    }

    deinit {
      stop.signal()
      thread.join()
    }

    var contract: PathNetworkContract {
      get throws {
        PathNetworkContract(network, echo: ("127.0.0.1", echo.port), closed: ("127.0.0.1", try freePort()))
      }
    }
  }

  @Test func `a wait without news ends at its deadline`() throws {
    let fixture = try Fixture()
    try withExtendedLifetime(fixture) { try fixture.contract.aWaitWithoutNewsEndsAtItsDeadline() }
  }

  @Test func `what is sent comes back`() throws {
    let fixture = try Fixture()
    try withExtendedLifetime(fixture) { try fixture.contract.whatIsSentComesBack() }
  }

  @Test func `nobody listening is refused`() throws {
    let fixture = try Fixture()
    try withExtendedLifetime(fixture) { try fixture.contract.nobodyListeningIsRefused() }
  }

  @Test func `a closed socket has no more news`() throws {
    let fixture = try Fixture()
    try withExtendedLifetime(fixture) { try fixture.contract.aClosedSocketHasNoMoreNews() }
  }

  @Test func `names are answered by events`() throws {
    let fixture = try Fixture { target in
      target.host == "known"
        ? .success(["127.0.0.1"])
        : .failure(ProbeFailure(call: "getaddrinfo", errno: 0, message: "'\(target.host)' has no address"))
    }
    try fixture.contract.namesAreAnsweredByEvents(
      known: ProbeAddress(host: "known", port: 1), unknown: ProbeAddress(host: "unknown", port: 1))
  }

  @Test func `the resolver answers for a name of this host and for none`() throws {
    let fixture = try Fixture()
    let network = try KernelPathNetwork(
      interruption: fixture.interruption, transport: ProbeTests.transport)
    let contract = PathNetworkContract(network, echo: ("127.0.0.1", 1), closed: ("127.0.0.1", 1))
    contract.namesAreAnsweredByEvents(
      known: ProbeAddress(host: "127.0.0.1", port: 1), unknown: ProbeAddress(host: "no..such", port: 1))
  }

  @Test func `a lookup that never ends blocks nothing, and its late answer is kept for the next round`() throws {
    let gate = try EventDescriptor()
    let asked = Mutex(0)
    let fixture = try Fixture { _ in
      asked.withLock { $0 += 1 }
      gate.wait(atMost: .seconds(20))
      return .success(["127.0.0.1"])
    }
    let target = ProbeAddress(host: "slow", port: 1)
    for _ in 0..<3 {
      fixture.network.resolve(target)
      _ = fixture.network.wait(until: fixture.network.now + .milliseconds(5))
      #expect(fixture.network.giveUp(on: target) == nil)
    }
    #expect(asked.withLock { $0 } == 1)
    gate.signal()
    var late: Result<[String], ProbeFailure>?
    let deadline = fixture.network.now + .seconds(5)
    while late == nil, fixture.network.now < deadline { late = fixture.network.giveUp(on: target) }
    #expect((try? late?.get()) == ["127.0.0.1"])
  }

  @Test func `a round over the kernel's sockets proves an echo and is refused by a closed port`() throws {
    let fixture = try Fixture()
    let closed = ProbeAddress(host: "127.0.0.1", port: try freePort())
    var round = ProofRound(
      targets: [fixture.echo, closed], limit: 16, node: "n", network: fixture.network, goesOn: { true })
    let readings = round.run() ?? []
    let reasons = Dictionary(uniqueKeysWithValues: readings.map { ($0.target, $0.reason) })
    #expect(reasons == ["\(fixture.echo)": .proved, "\(closed)": .refused])
    #expect(readings.first { $0.isProved }?.seconds.map { $0 > 0 } == true)
  }

  /// Datagrams to a broadcast address are forbidden without SO_BROADCAST: an address whose route gives an error on every host.
  @Test func `an address that the routes of this node refuse is known before an association is tried`() throws {
    let broadcast = try SocketAddress.numeric("255.255.255.255", port: 9133)
    let failure = #expect(throws: ProbeFailure.self) { try SocketAddress.source(towards: broadcast) }
    #expect(failure?.call == "route" && failure?.errno != 0)
    #expect(try SocketAddress.source(towards: .numeric("127.0.0.1", port: 9133))?.host == "127.0.0.1")
  }

  @Test func `this host's own addresses are known`() {
    let own = InterfaceAddresses.all()
    #expect(own.contains("127.0.0.1"))
  }

  /// What the peer on the other side of an accepted socket does, and the reason that it has to have.
  enum Peer: CaseIterable, Sendable {
    case hangsUp, corrupts, floods, losesLarge

    var reason: PathReason {
      switch self {
      case .hangsUp: .refused
      case .corrupts, .floods: .corrupted
      case .losesLarge: .largeMessageLost
      }
    }

    func serve(_ descriptor: Int32) {
      var bytes = [UInt8](repeating: 0, count: 65536)
      let count = self == .hangsUp ? 0 : recv(descriptor, &bytes, bytes.count, 0)
      guard count > 0 else { return }
      switch self {
      case .hangsUp: break
      case .corrupts:
        bytes[count - 1] ^= 1
        send(descriptor, bytes, count, Int32(MSG_NOSIGNAL))
      case .floods: while send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) > 0 {}
      case .losesLarge:
        send(descriptor, bytes, count, Int32(MSG_NOSIGNAL))
        // Ends the association in the middle of the large message.
        recv(descriptor, &bytes, 100, 0)
      }
      var end = pollfd(fd: descriptor, events: Int16(POLLHUP), revents: 0)
      if self != .losesLarge { poll(&end, 1, 2000) }
    }
  }

  @Test(arguments: Peer.allCases)
  func `a peer that is no echo has its reason`(_ peer: Peer) throws {
    let listener = try ProbeSocket(AF_INET, ProbeTests.transport)
    try listener.bind(to: .loopback(.ipv4))
    try listener.listen()
    let target = try #require(listener.local.flatMap { ProbeAddress(parsing: "\($0)") })
    let descriptor = listener.descriptor
    let thread = BackgroundThread {
      var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      poll(&ready, 1, 5000)
      let accepted = accept(descriptor, nil, nil)
      peer.serve(accepted)
      close(accepted)
    }
    let fixture = try Fixture()
    var round = ProofRound(targets: [target], limit: 16, node: "n", network: fixture.network, goesOn: { true })
    #expect(round.run()?.map(\.reason) == [peer.reason])
    thread.join()
  }
}

/// Returns the port of a socket that is closed again, so that nobody listens there.
private func freePort() throws -> UInt16 {
  let socket = try ProbeSocket(AF_INET, ProbeTests.transport)
  try socket.bind(to: .loopback(.ipv4))
  return try #require(socket.local.flatMap { ProbeAddress(parsing: "\($0)") }).port
}
