import Glibc
import Linux
import StatusServer
import Synchronization
import Testing

@Suite struct StatusClientTests {
  /// Accepts one connection after another and hands each to `serve`, on a thread of its own.
  private final class RawServer: Sendable {
    let port: UInt16
    let descriptor: Int32
    private let thread: PosixThread?

    /// - Parameter serve: nil: the server accepts nothing.
    init(_ serve: (@Sendable (Int32) -> Void)?) throws {
      let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
      var length = socklen_t(MemoryLayout<sockaddr_in>.size)
      let port = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { target in
          bind(descriptor, target, length) + listen(descriptor, 128) == 0
            && getsockname(descriptor, target, &length) == 0
        }
      }
      try #require(port)
      self.port = UInt16(bigEndian: address.sin_port)
      self.descriptor = descriptor
      thread = try serve.map { serve in
        try PosixThread(named: "raw") {
          while true {
            let client = accept(descriptor, nil, nil)
            guard client >= 0 else { return }
            serve(client)
            close(client)
          }
        }
      }
    }

    /// Ends the thread before the descriptor: the next socket has its number, and the thread would accept from that one.
    deinit {
      shutdown(descriptor, Int32(SHUT_RDWR))
      thread?.join()
      close(descriptor)
    }

    var address: ListenAddress { .tcp4(host: "127.0.0.1", port: port) }
  }

  fileprivate static func send(_ text: String, to client: Int32) {
    var request = [UInt8](repeating: 0, count: 4096)
    _ = recv(client, &request, request.count, 0)
    _ = Glibc.send(client, text, text.utf8.count, Int32(MSG_NOSIGNAL))
  }

  @Test func `it returns the status and the content`() throws {
    let server = try RunningServer(snapshot: .sample(ready: false, status: "{\"ready\":false}\n"))
    let answer = try StatusClient.get("/status", from: .tcp4(host: "127.0.0.1", port: server.port))
    #expect(answer.status == 503)
    #expect(String(decoding: answer.content, as: UTF8.self) == "{\"ready\":false}\n")
    #expect(try StatusClient.get("/nothing", from: .tcp4(host: "localhost", port: server.port)).status == 404)
  }

  @Test func `a large answer is whole`() throws {
    let large = String(repeating: "x", count: 3_000_000)
    let server = try RunningServer(snapshot: .sample(status: large))
    #expect(
      try StatusClient.get("/status", from: .tcp4(host: "127.0.0.1", port: server.port)).content.count == 3_000_000)
  }

  @Test func `a server that sends a byte now and then is given up at the deadline`() throws {
    let server = try RawServer { client in
      for _ in 0..<100 {
        if Glibc.send(client, "H", 1, Int32(MSG_NOSIGNAL)) < 0 { return }
        usleep(50_000)
      }
    }
    let began = ContinuousClock.now
    let failure = #expect(throws: SocketFailure.self) {
      try StatusClient.get("/status", from: server.address, within: .milliseconds(500))
    }
    #expect(failure?.errno == ETIMEDOUT)
    // Far from the 5 s after which the server would end.
    #expect(began.duration(to: .now) < .seconds(4))
  }

  @Test func `a server that accepts nothing is given up at the deadline`() throws {
    let server = try RawServer(nil)
    let failure = #expect(throws: SocketFailure.self) {
      try StatusClient.get("/status", from: server.address, within: .milliseconds(200))
    }
    #expect(failure?.errno == ETIMEDOUT)
  }

  @Test(arguments: [
    ("", "it is not a complete HTTP answer"), ("HTTP/1.1 200 OK\r\n", "it is not a complete HTTP answer"),
    ("SSH-2.0-x\r\n\r\n", "it is not an HTTP answer"),
    ("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello", "it ended after 5 of 10 bytes"),
  ])
  func `what is not a whole answer is refused`(text: String, reason: String) throws {
    let server = try RawServer { Self.send(text, to: $0) }
    let failure = #expect(throws: SocketFailure.self) {
      try StatusClient.get("/status", from: server.address, within: .seconds(60))
    }
    #expect(failure?.reason == reason)
  }

  @Test func `nobody who listens is a refusal with a remedy`() throws {
    // Port 1 (tcpmux) is not in use.
    let failure = #expect(throws: SocketFailure.self) {
      try StatusClient.get("/status", from: .tcp4(host: "127.0.0.1", port: 1))
    }
    #expect(failure?.errno == ECONNREFUSED)
    #expect(failure?.remedy == "start the agent, or give its address")
  }

  @Test func `a name that does not resolve is a failure that names it`() throws {
    let failure = #expect(throws: SocketFailure.self) {
      try StatusClient.get("/status", from: .tcp4(host: "no-such-host.invalid", port: 9132), within: .seconds(2))
    }
    #expect(failure?.operation == "connect to no-such-host.invalid:9132")
  }

  @Test func `many agents are asked, at most so many at once, and each is answered`() throws {
    let server = try RunningServer(snapshot: .sample(status: "{}\n"))
    let silent = try RawServer(nil)
    let good = try #require(
      try AgentAddress.all(of: .tcp4(host: "127.0.0.1", port: server.port), within: .seconds(5)).first)
    let bad = try #require(try AgentAddress.all(of: silent.address, within: .seconds(5)).first)
    #expect(good.description == "127.0.0.1:\(server.port)")
    let targets = (0..<200).map { $0 % 20 == 7 ? bad : good }
    var results: [Int: Bool] = [:]
    StatusClient.get("/status", from: targets, atOnce: 16, within: .seconds(10)) { index, result in
      #expect(results[index] == nil)
      if case .success(let answer) = result { results[index] = answer.status == 200 } else { results[index] = false }
    }
    #expect(results.count == 200)
    for (index, isGood) in results { #expect(isGood == (index % 20 != 7)) }
  }

  /// Takes every connection that comes and answers none of them until no more come for a while.
  private final class Hoarder: Sendable {
    let most = Mutex(0)

    func serve(_ listener: Int32, answers total: Int) {
      var answered = 0
      while answered < total {
        var clients: [Int32] = []
        var descriptors = pollfd(fd: listener, events: Int16(POLLIN), revents: 0)
        while poll(&descriptors, 1, clients.isEmpty ? 5000 : 300) > 0 {
          let client = accept(listener, nil, nil)
          guard client >= 0 else { return }
          clients.append(client)
        }
        if clients.isEmpty { return }
        let count = clients.count
        most.withLock { $0 = max($0, count) }
        for client in clients {
          StatusClientTests.send("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n{}\n", to: client)
          close(client)
        }
        answered += count
      }
    }
  }

  @Test func `64 agents are asked at a time unless another number is given`() throws {
    let hoarder = Hoarder()
    let listening = try RawServer(nil)
    let descriptor = listening.descriptor
    let thread = try PosixThread(named: "hoarder") { hoarder.serve(descriptor, answers: 150) }
    defer { withExtendedLifetime(listening) { thread.join() } }
    let target = try #require(try AgentAddress.all(of: listening.address, within: .seconds(5)).first)
    var answers = 0
    StatusClient.get("/status", from: Array(repeating: target, count: 150), within: .seconds(30)) { _, result in
      if case .success = result { answers += 1 }
    }
    #expect(answers == 150)
    #expect(hoarder.most.withLock(\.self) == 64)
  }

  @Test func `a dead agent costs the others nothing`() throws {
    let server = try RunningServer(snapshot: .sample(status: "{}\n"))
    let silent = try RawServer(nil)
    let good = try #require(
      try AgentAddress.all(of: .tcp4(host: "127.0.0.1", port: server.port), within: .seconds(5)).first)
    let dead = try #require(try AgentAddress.all(of: silent.address, within: .seconds(5)).first)
    let began = ContinuousClock.now
    var order: [Int] = []
    var goodTook = Duration.zero
    StatusClient.get("/status", from: [dead] + Array(repeating: good, count: 300), within: .seconds(4)) { index, _ in
      order.append(index)
      if order.count == 300 { goodTook = began.duration(to: .now) }
    }
    #expect(order.count == 301 && order.last == 0)
    #expect(goodTook < .seconds(4))
  }
}
