import CLinux
import Glibc
import Testing

@testable import StatusServer

@Suite struct ListenerTests {
  @Test(
    arguments: [
      ("127.0.0.1:9132", .tcp4(host: "127.0.0.1", port: 9132)), ("localhost:0", .tcp4(host: "localhost", port: 0)),
      ("[::1]:65535", .tcp6(host: "::1", port: 65535)), ("[fe80::1%eth0]:1", .tcp6(host: "fe80::1%eth0", port: 1)),
      (":9132", .everywhere(port: 9132)), ("unix:/run/a b.sock", .unix(path: "/run/a b.sock")), ("none", .none),
    ] as [(String, ListenAddress)])
  func readsAddresses(text: String, address: ListenAddress) throws {
    #expect(try ListenAddress(parsing: text) == address)
    #expect(address.description == text)
  }

  @Test(arguments: [
    "", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536", "127.0.0.1:+1", "::1:80", "[::1]", "[]:80",
    "[127.0.0.1]:80", "a b:80", "unix:", "unix:/" + String(repeating: "x", count: 107), "http://a:80",
  ])
  func refusesWhatIsNoAddress(text: String) {
    #expect(throws: SocketFailure.self) { try ListenAddress(parsing: text) }
  }

  @Test func aBadAddressIsExplained() {
    let failure = #expect(throws: SocketFailure.self) { try ListenAddress(parsing: "localhost") }
    #expect(
      failure?.description
        == "failed to read the address 'localhost': the port is missing; use HOST:PORT, [V6]:PORT, unix:PATH or none")
  }

  @Test func aBusyPortIsExplained() throws {
    let server = try RunningServer(snapshot: nil)
    let address = ListenAddress.tcp4(host: "127.0.0.1", port: server.port)
    let failure = #expect(throws: SocketFailure.self) { try Listener.open(address) }
    #expect(failure?.errno == EADDRINUSE)
    #expect(
      failure?.description.hasPrefix(
        "failed to listen on 127.0.0.1:\(server.port): address already in use (EADDRINUSE); stop the program") == true)
  }

  @Test func anAddressOfAnotherHostIsExplained() {
    let failure = #expect(throws: SocketFailure.self) {
      try Listener.open(.tcp4(host: "192.0.2.1", port: 0))
    }
    #expect(failure?.errno == EADDRNOTAVAIL)
  }

  @Test func noneOpensNothing() throws {
    #expect(try Listener.open(.none) == nil)
  }

  @Test func severalAddressesAreServedAtOnce() throws {
    let path = Self.socketPath("several")
    let unix = try #require(try Listener.open(.unix(path: path)))
    var more = [unix]
    var port6: UInt16?
    if let listener = try? Listener.open(.tcp6(host: "::1", port: 0)) {
      more.append(listener)
      port6 = listener.address.split(separator: ":").last.flatMap { UInt16($0) }
    }
    let server = try RunningServer(more: more)
    var clients = [try server.connect(), try RawClient(path: path)]
    if let port6 { clients.append(try RawClient(port: port6, family: AF_INET6)) }
    for client in clients {
      client.send("GET /livez HTTP/1.1\r\nHost: a\r\n\r\n")
      #expect(client.receive()?.text == "ok")
    }
  }

  @Test func everyAddressOfBothFamiliesIsServed() throws {
    let listener = try #require(try Listener.open(.everywhere(port: 0)))
    let port = try #require(UInt16(listener.address.dropFirst()))
    let server = try RunningServer(more: [listener])
    let client = try RawClient(port: port)
    client.send("GET /livez HTTP/1.1\r\nHost: a\r\n\r\n")
    #expect(client.receive()?.text == "ok")
    withExtendedLifetime(server) {}
  }

  @Test func aSocketFileIsForOwnerAndGroupAndGoesWithItsListener() throws {
    let path = Self.socketPath("mode")
    do {
      let listener = try #require(try Listener.open(.unix(path: path)))
      var entry = stat()
      #expect(lstat(path, &entry) == 0)
      #expect(entry.st_mode == S_IFSOCK | 0o660)
      withExtendedLifetime(listener) {}
    }
    #expect(access(path, F_OK) != 0)
  }

  @Test func aSocketFileOfTheDeadIsReplacedAndOneOfTheLivingIsNot() throws {
    let path = Self.socketPath("stale")
    // Bound and closed, as a process that was killed leaves it.
    let dead = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let bound = withUnsafeBytes(of: address) { bytes in
      bytes.withMemoryRebound(to: sockaddr.self) {
        bind(dead, $0.baseAddress, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    #expect(bound == 0)
    close(dead)
    let listener = try #require(try Listener.open(.unix(path: path)))
    let failure = #expect(throws: SocketFailure.self) { try Listener.open(.unix(path: path)) }
    #expect(failure?.errno == EADDRINUSE)
    withExtendedLifetime(listener) {}
  }

  @Test func aFileThatIsNoSocketIsLeftAlone() throws {
    let path = Self.socketPath("file")
    let file = open(path, O_CREAT | O_WRONLY, 0o600)
    close(file)
    defer { unlink(path) }
    let failure = #expect(throws: SocketFailure.self) { try Listener.open(.unix(path: path)) }
    #expect(failure?.reason == "there is a file at this path that is not a socket")
    #expect(access(path, F_OK) == 0)
  }

  @Test func aMissingDirectoryIsExplained() {
    let failure = #expect(throws: SocketFailure.self) { try Listener.open(.unix(path: "/nowhere/a.sock")) }
    #expect(failure?.remedy == "create its directory first")
  }

  @Test func socketsForAnotherProcessAreNotAdopted() throws {
    #expect(try Listener.inherited(variable: { _ in nil }).isEmpty)
    #expect(try Listener.inherited(variable: { ["LISTEN_PID": "1", "LISTEN_FDS": "1"][$0] }, processID: 2).isEmpty)
    #expect(throws: SocketFailure.self) {
      try Listener.inherited(variable: { ["LISTEN_PID": "2", "LISTEN_FDS": "x"][$0] }, processID: 2)
    }
  }

  @Test func inheritedSocketsAreServed() throws {
    let original = try #require(try Listener.open(.tcp4(host: "127.0.0.1", port: 0)))
    let descriptor = dup(original.descriptor)
    let listeners = try Listener.inherited(
      variable: { ["LISTEN_PID": "7", "LISTEN_FDS": "1"][$0] }, processID: 7, first: descriptor)
    #expect(fcntl(descriptor, F_GETFD) == FD_CLOEXEC)
    let address = try #require(listeners.first?.address)
    let port = try #require(address.split(separator: " ").last.flatMap { UInt16($0) })
    let server = try RunningServer(more: listeners)
    let client = try RawClient(port: port)
    client.send("GET /livez HTTP/1.1\r\nHost: a\r\n\r\n")
    #expect(client.receive()?.text == "ok")
    withExtendedLifetime(server) {}
  }

  @Test func whatDoesNotListenIsNotAdopted() throws {
    let file = open("/dev/null", O_RDONLY)
    let datagrams = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
    defer {
      close(file)
      close(datagrams)
    }
    for descriptor in [file, datagrams] {
      #expect(throws: SocketFailure.self) {
        try Listener.inherited(
          variable: { ["LISTEN_PID": "7", "LISTEN_FDS": "1"][$0] }, processID: 7, first: descriptor)
      }
    }
  }

  private static func socketPath(_ name: String) -> String { "/tmp/sctp-agent-\(name)-\(getpid()).sock" }
}

@Suite struct DescriptorTests {
  @Test func `the descriptors that are open already are counted`() {
    let limit = 4096
    let before = StatusServer.openDescriptors(below: limit)
    let opened = (0..<100).map { _ in open("/dev/null", O_RDONLY | O_CLOEXEC) }
    let after = StatusServer.openDescriptors(below: limit)
    for descriptor in opened { close(descriptor) }
    // Other tests open and close files at the same time.
    #expect(after - before > 50)
    #expect(StatusServer.openDescriptors(below: 2) == 2)
  }
}
