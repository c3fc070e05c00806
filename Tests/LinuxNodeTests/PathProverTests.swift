import Glibc
import Linux
import NodeAgent
import Reconcile
import Testing

@testable import LinuxNode

/// The threads of `run --echo` and `run --prove`, over TCP where this kernel has no SCTP.
@Suite struct PathProverTests {
  /// Waits for what another thread does, at most 10 s.
  private func eventually(_ isSo: () -> Bool) -> Bool {
    for _ in 0..<1000 where !isSo() { usleep(10_000) }
    return isSo()
  }

  /// An echo service on its own thread.
  private final class Echo {
    let service: EchoService
    private let thread: BackgroundThread

    init(_ address: ProbeAddress, _ announce: EventDescriptor) throws {
      let service = try EchoService(address, announce: announce, transport: ProbeTests.transport)
      self.service = service
      thread = BackgroundThread { service.run() }
    }

    deinit {
      service.stop()
      thread.join()
    }
  }

  private func client(_ address: ProbeAddress) -> ProbeFailure? {
    EchoClient(count: 1, size: 64, source: nil, timeout: .seconds(5), transport: ProbeTests.transport).run(address)
      .failure
  }

  private func freeAddress() throws -> ProbeAddress {
    let socket = try ProbeSocket(AF_INET, ProbeTests.transport)
    try socket.bind(to: .loopback(.ipv4))
    return try #require(socket.local.flatMap { ProbeAddress(parsing: "\($0)") })
  }

  @Test func `the echo is served only while sctp is loaded`() throws {
    let address = try freeAddress()
    let echo = try Echo(address, EventDescriptor())
    usleep(50_000)
    #expect(client(address) != nil)
    echo.service.allow(true)
    #expect(eventually { client(address) == nil })
    echo.service.allow(false)
    #expect(eventually { client(address) != nil })
  }

  @Test func `an echo that cannot listen says why, tries again and recovers`() throws {
    let announce = try EventDescriptor()
    let listener = try ProbeSocket(AF_INET, ProbeTests.transport)
    try listener.bind(to: .loopback(.ipv4))
    try listener.listen()
    let address = try #require(listener.local.flatMap { ProbeAddress(parsing: "\($0)") })
    let echo = try Echo(address, announce)
    echo.service.allow(true)
    #expect(eventually { echo.service.failure?.contains("\(address): bind") == true })
    #expect(eventually { echo.service.failure?.contains("EADDRINUSE") == true })
    shutdown(listener.descriptor, Int32(SHUT_RDWR))
    _ = consume listener
    #expect(eventually { echo.service.failure == nil })
    #expect(eventually { client(address) == nil })
  }

  @Test func `nothing is proved before sctp is loaded, and the record says so`() throws {
    let address = try freeAddress()
    let announce = try EventDescriptor()
    let prover = try PathProver(
      PathProver.Settings(
        targets: [address], interval: .seconds(1), limit: 16, node: "n", transport: ProbeTests.transport),
      announce: announce)
    let thread = BackgroundThread { prover.run() }
    usleep(50_000)
    guard case .notProved(let why) = prover.record else { return #expect(prover.record.readings.isEmpty) }
    #expect(why.contains("loaded"))
    prover.allow(true)
    // The only address of the target is this host's own.
    #expect(eventually { prover.record == .round([]) })
    prover.allow(false)
    guard case .notProved = prover.record else { return #expect(prover.record.readings.isEmpty) }
    prover.stop()
    thread.join()
  }

  @Test func `the server keeps its limit, and the client that is idle for longest makes room`() throws {
    let stop = try EventDescriptor()
    let server = try EchoServer(
      ProbeAddress(host: "127.0.0.1", port: 0), stop: stop.descriptor, limit: 3, transport: ProbeTests.transport)
    let address = try #require(ProbeAddress(parsing: server.addresses[0]))
    nonisolated(unsafe) let running = server
    let thread = BackgroundThread { _ = running.run() }
    defer {
      stop.signal()
      thread.join()
    }
    let deadline = Deadline(after: .seconds(5))
    func connected() throws -> ProbeSocket {
      let socket = try ProbeSocket(AF_INET, ProbeTests.transport)
      try socket.connect(to: SocketAddress.resolve(address)[0], by: deadline)
      return socket
    }
    func expectEcho(_ socket: borrowing ProbeSocket, _ expected: Bool = true) {
      let isEchoed = echoes(socket)
      #expect(isEchoed == expected)
    }
    func echoes(_ socket: borrowing ProbeSocket) -> Bool {
      do throws(ProbeFailure) {
        try socket.send([1, 2, 3], by: deadline)
        return try socket.receive(3, by: deadline) == [1, 2, 3]
      } catch {
        return false
      }
    }
    let first = try connected()
    expectEcho(first)
    let second = try connected()
    expectEcho(second)
    let third = try connected()
    expectEcho(third)
    expectEcho(first)
    let fourth = try connected()
    expectEcho(fourth)
    expectEcho(second, false)
    expectEcho(first)
    expectEcho(third)
    expectEcho(fourth)
  }
}
