import Glibc
import Linux
import Reconcile
import Synchronization
import Testing

@testable import LinuxNode

/// Over TCP where this kernel has no SCTP: the code is the same but for one number. Tests/VM runs it over SCTP.
@Suite struct ProbeTests {
  static let transport: Int32 = {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), Int32(IPPROTO_SCTP))
    guard descriptor >= 0 else {
      print("this kernel has no SCTP: the probe is tested over TCP")
      return Int32(IPPROTO_TCP)
    }
    close(descriptor)
    return Int32(IPPROTO_SCTP)
  }()

  /// An echo server on its own thread, stopped when it goes.
  private final class Running {
    let address: ProbeAddress
    private let stop: (reading: Int32, writing: Int32)
    private var thread: BackgroundThread?
    private let totals = UnsafeMutablePointer<EchoServer.Totals>.allocate(capacity: 1)

    init(_ address: String) throws {
      var ends: [Int32] = [0, 0]
      precondition(pipe(&ends) == 0)
      stop = (ends[0], ends[1])
      let asked = try #require(ProbeAddress(parsing: address))
      let server = try EchoServer(asked, stop: ends[0], transport: ProbeTests.transport)
      self.address = try #require(ProbeAddress(parsing: server.addresses[0]))
      totals.initialize(to: EchoServer.Totals())
      nonisolated(unsafe) let (running, result) = (server, totals)
      thread = BackgroundThread { result.pointee = running.run() }
    }

    func finish() -> EchoServer.Totals {
      if thread != nil {
        precondition(write(stop.writing, "x", 1) == 1)
        thread?.join()
        thread = nil
      }
      return totals.pointee
    }

    deinit {
      _ = finish()
      close(stop.reading)
      close(stop.writing)
      totals.deallocate()
    }
  }

  private func client(count: Int = 5, size: Int = 64, source: ProbeAddress? = nil) -> EchoClient {
    EchoClient(count: count, size: size, source: source, timeout: .seconds(5), transport: Self.transport)
  }

  @Test func aProbeIsGivenUpForSomethingMoreUrgent() throws {
    let listener = try ProbeSocket(AF_INET, Self.transport)
    try listener.bind(to: .loopback(.ipv4))
    try listener.listen()
    var ends: [Int32] = [0, 0]
    precondition(pipe(&ends) == 0)
    defer { for end in ends { close(end) } }
    let deadline = Deadline(after: .seconds(600), orReadable: ends[0])
    precondition(write(ends[1], "x", 1) == 1)
    do throws(ProbeFailure) {
      _ = try listener.accept(by: deadline)
      Issue.record("nobody has connected")
    } catch {
      #expect(error.isInterruption)
    }
  }

  @Test(arguments: AddressFamily.allCases)
  func theLoopbackEchoesBothWays(_ family: AddressFamily) {
    switch SCTPProbe(transport: Self.transport).loopback(family) {
    case .success(let time): #expect(time.seconds > 0)
    case .failure(let failure): #expect(failure.isFamilyAbsent, "\(failure.message)")
    }
  }

  @Test(arguments: [1, 64, 1500, 65536])
  func everyMessageComesBackAndIsTimed(_ size: Int) throws {
    let server = try Running("127.0.0.1:0")
    let outcome = client(count: 20, size: size).run(server.address)
    #expect(outcome.failure == nil)
    #expect(outcome.seconds.count == 20)
    #expect(outcome.peer == server.address.description)
    #expect(outcome.connectSeconds != nil)
    let totals = server.finish()
    #expect(totals.clients == 1 && totals.bytes == 20 * size)
  }

  @Test func manyClientsAreServedAtOnce() throws {
    let server = try Running("127.0.0.1:0")
    let address = server.address
    let outcomes = Mutex<[EchoClient.Outcome]>([])
    let client = client(count: 200, size: 3000)
    let threads = (0..<8).map { _ in
      BackgroundThread {
        let outcome = client.run(address)
        outcomes.withLock { $0.append(outcome) }
      }
    }
    for thread in threads { thread.join() }
    #expect(outcomes.withLock { $0.map(\.seconds.count) } == Array(repeating: 200, count: 8))
    #expect(outcomes.withLock { $0.allSatisfy { $0.failure == nil } })
    #expect(server.finish().clients == 8)
  }

  @Test func aClientThatDoesNotReadHoldsUpNobody() throws {
    let server = try Running("127.0.0.1:0")
    let deaf = try ProbeSocket(AF_INET, Self.transport)
    try deaf.connect(to: SocketAddress.resolve(server.address)[0], by: Deadline(after: .seconds(5)))
    // Sends until neither side's buffers take any more.
    let bytes = [UInt8](repeating: 1, count: 65536)
    while send(deaf.descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) > 0 {}
    #expect(client().run(server.address).failure == nil)
  }

  @Test func theSourceIsTheOneAskedFor() throws {
    let server = try Running("127.0.0.1:0")
    let outcome = client(source: ProbeAddress(source: "127.0.0.9")).run(server.address)
    #expect(outcome.failure == nil)
    #expect(outcome.local?.hasPrefix("127.0.0.9:") == true)
    let foreign = client(source: ProbeAddress(source: "192.0.2.1")).run(server.address)
    #expect(foreign.failure?.call == "bind" && foreign.failure?.errno == EADDRNOTAVAIL)
    let mixed = client(source: ProbeAddress(source: "::1")).run(server.address)
    #expect(mixed.failure?.call == "bind" && mixed.failure?.errno == EAFNOSUPPORT)
  }

  @Test func nobodyListeningIsSaid() throws {
    let closed = try #require(ProbeAddress(parsing: "127.0.0.1:\(try freePort())"))
    let failure = client().run(closed).failure
    #expect(failure?.call == "connect" && failure?.errno == ECONNREFUSED)
    #expect(failure?.message.contains("no program listens") == true)
  }

  @Test func aTakenPortIsSaid() throws {
    let server = try Running("127.0.0.1:0")
    #expect(throws: ProbeFailure.self) { try Running(server.address.description) }
  }

  @Test func aSilentPeerRunsIntoTheTimeLimit() throws {
    let silent = try ProbeSocket(AF_INET, Self.transport)
    try silent.bind(to: .loopback(.ipv4))
    try silent.listen()
    let address = try #require(silent.local.flatMap { ProbeAddress(parsing: "\($0)") })
    let client = EchoClient(
      count: 1, size: 10, source: nil, timeout: .milliseconds(20), transport: Self.transport)
    let failure = client.run(address).failure
    #expect(failure?.call == "receive" && failure?.errno == 0)
    #expect(failure?.message.hasPrefix("no answer within 0.02 s") == true)
  }

  @Test func aPeerThatChangesBytesIsNoEcho() throws {
    let listener = try ProbeSocket(AF_INET, Self.transport)
    try listener.bind(to: .loopback(.ipv4))
    try listener.listen()
    let address = try #require(listener.local.flatMap { ProbeAddress(parsing: "\($0)") })
    let descriptor = listener.descriptor
    let thread = BackgroundThread {
      var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      poll(&ready, 1, 5000)
      let peer = accept(descriptor, nil, nil)
      var bytes = [UInt8](repeating: 0, count: 10)
      let count = recv(peer, &bytes, bytes.count, Int32(MSG_WAITALL))
      bytes[7] ^= 1
      send(peer, bytes, count, 0)
      ready.fd = peer
      poll(&ready, 1, 5000)
      close(peer)
    }
    let failure = client(count: 1, size: 10).run(address).failure
    thread.join()
    #expect(failure?.call == "compare")
    #expect(failure?.message.hasPrefix("byte 7 of 10 came back changed") == true)
  }

  @Test func anUnknownNameIsSaid() {
    let failure = ProbeAddress(parsing: "no..such:1").flatMap { client().run($0).failure }
    #expect(failure?.call == "getaddrinfo")
    #expect(failure?.message.contains("no..such") == true)
  }

  @Test(arguments: [
    ("10.0.0.1:38412", "10.0.0.1", 38412), ("[fd00::1]:1", "fd00::1", 1),
    ("sctp-echo.default.svc:0", "sctp-echo.default.svc", 0),
    (":9", "", 9),
  ])
  func addressesAreRead(_ text: String, _ host: String, _ port: UInt16) {
    #expect(ProbeAddress(parsing: text)?.host == host)
    #expect(ProbeAddress(parsing: text)?.port == port)
  }

  @Test(arguments: [
    "", "host", "host:", "host:65536", "fd00::1:80", "[fd00::1]", "[host]:80", "a b:1", "host:-1", "host:+1",
  ])
  func otherTextIsNoAddress(_ text: String) { #expect(ProbeAddress(parsing: text) == nil) }

  @Test(arguments: [
    ("socket", EPROTONOSUPPORT, "sctp-agent explain"), ("socket", ESOCKTNOSUPPORT, "sctp-agent explain"),
    ("socket", EACCES, "audit log"), ("socket", EPERM, "seccomp"), ("socket", EAFNOSUPPORT, "ipv6.disable=1"),
    ("socket", EMFILE, "ulimit -n"), ("bind", EADDRINUSE, "another port"), ("bind", EADDRNOTAVAIL, "ip address"),
    ("bind", EACCES, "CAP_NET_BIND_SERVICE"), ("connect", ECONNREFUSED, "endpoints"),
    ("connect", ETIMEDOUT, "IP protocol 132"), ("connect", EHOSTUNREACH, "ip route get"),
    ("connect", ENETUNREACH, "ip route get"), ("receive", ECONNRESET, "aborted"), ("send", EMSGSIZE, "--size"),
    ("connect", ENOPROTOOPT, "peer's kernel has no SCTP"),
  ])
  func everyErrorNamesItsCauseAndRemedy(_ call: String, _ errno: Int32, _ words: String) {
    let failure = ProbeFailure(call, Errno(errno))
    #expect(failure.message.contains(words))
    #expect(failure.message.contains("(\(Errno(errno).name))"))
  }

  /// Returns the port of a socket that is closed again, so that nobody listens.
  private func freePort() throws -> UInt16 {
    let socket = try ProbeSocket(AF_INET, Self.transport)
    try socket.bind(to: .loopback(.ipv4))
    return try #require(socket.local.flatMap { ProbeAddress(parsing: "\($0)") }).port
  }
}
