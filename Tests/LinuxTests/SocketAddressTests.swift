import Glibc
import Testing

@testable import Linux

@Suite struct SocketAddressTests {
  @Test(arguments: [
    ("127.0.0.1", UInt16(9132), "127.0.0.1:9132"), ("::1", 0, "[::1]:0"), ("fd00::7", 38412, "[fd00::7]:38412"),
  ])
  func `a numeric address has its host, its port and its text`(host: String, port: UInt16, text: String) throws {
    let all = try SocketAddress.all(host: host, port: port, flags: AI_NUMERICHOST)
    #expect(all.map(\.description) == [text])
    #expect(all.map(\.host) == [host])
    #expect(all.map(\.port) == [port])
  }

  @Test func `an empty host is every address of this host`() throws {
    let all = try SocketAddress.all(host: "", port: 1, family: AF_INET)
    #expect(all.map(\.description) == ["0.0.0.0:1"])
  }

  @Test func `a name without an address says why, in lower case`() {
    let failure = #expect(throws: SocketAddress.HostUnknown.self) {
      try SocketAddress.all(host: "no name", port: 1, flags: AI_NUMERICHOST)
    }
    #expect(failure?.reason == "name or service not known")
  }

  @Test func `a path is an address of at most 107 bytes, without host and port`() {
    let longest = "/" + String(repeating: "a", count: SocketAddress.longestPath - 1)
    #expect(SocketAddress(path: longest)?.description == "unix:\(longest)")
    #expect(SocketAddress(path: longest + "a") == nil)
    #expect(SocketAddress(path: "/run/x")?.host == nil)
    #expect(SocketAddress(path: "/run/x")?.port == 0)
  }

  @Test func `the loopback addresses have port 0`() {
    #expect(SocketAddress.loopback4.description == "127.0.0.1:0")
    #expect(SocketAddress.loopback6.description == "[::1]:0")
  }

  @Test func `only a bound socket has a port`() throws {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    #expect(SocketAddress.port(of: descriptor) == 0)
    #expect(SocketAddress.loopback4.withPointer { bind(descriptor, $0, $1) } == 0)
    #expect(SocketAddress.port(of: descriptor) > 0)
    #expect(SocketAddress.port(of: -1) == 0)
  }
}
