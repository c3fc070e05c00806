import CLinux
import Glibc

/// Asks a server of this kind one question: the `status` command's half of HTTP.
package enum StatusClient {
  private static let limit = 16 * 1024 * 1024

  /// In seconds without a byte.
  private static let patience = 5

  /// The content of the answer, whatever its status.
  package static func get(_ path: String, from address: ListenAddress) throws(SocketFailure) -> [UInt8] {
    let descriptor = try connect(to: address)
    defer { close(descriptor) }
    // HTTP/1.0: the connection ends with the answer.
    try send(Array("GET \(path) HTTP/1.0\r\nHost: localhost\r\n\r\n".utf8), to: descriptor, address)
    let answer = try receive(from: descriptor, address)
    guard let end = answer.firstRange(of: Array("\r\n\r\n".utf8)) else {
      throw SocketFailure(
        "read the answer from \(address)", reason: "it is not HTTP", remedy: "name the agent's own address")
    }
    return Array(answer[end.upperBound...])
  }

  private static func connect(to address: ListenAddress) throws(SocketFailure) -> Int32 {
    let operation = "connect to \(address)"
    let target = try SocketAddress(address, operation: operation)
    let descriptor = socket(target.family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw SocketFailure(operation, errno: errno) }
    var limit = timeval(tv_sec: patience, tv_usec: 0)
    for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
      setsockopt(descriptor, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
    }
    guard target.withPointer({ Glibc.connect(descriptor, $0, $1) }) == 0 else {
      let number = errno
      close(descriptor)
      throw SocketFailure(operation, errno: number, remedy: "start the agent, or name its address with --endpoint")
    }
    return descriptor
  }

  private static func send(
    _ bytes: [UInt8], to descriptor: Int32, _ address: ListenAddress
  ) throws(SocketFailure) {
    var start = 0
    while start < bytes.count {
      let count = bytes[start...].withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw SocketFailure("ask \(address)", errno: errno) }
      start += count
    }
  }

  private static func receive(from descriptor: Int32, _ address: ListenAddress) throws(SocketFailure) -> [UInt8] {
    var answer: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while answer.count < limit {
      let count = recv(descriptor, &buffer, buffer.count, 0)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw SocketFailure("read the answer from \(address)", errno: errno) }
      if count == 0 { break }
      answer += buffer[..<count]
    }
    return answer
  }
}

extension SocketAddress {
  /// The address as a client reaches it.
  fileprivate init(_ address: ListenAddress, operation: String) throws(SocketFailure) {
    let (host, port): (String, UInt16)
    switch address {
    case .unix(let path):
      guard let target = SocketAddress(path: path) else {
        throw SocketFailure(operation, reason: "the path is longer than \(Self.longestPath) bytes")
      }
      self = target
      return
    case .none: throw SocketFailure(operation, reason: "'none' is no address to reach")
    case .everywhere(let everywhere): (host, port) = ("127.0.0.1", everywhere)
    case .tcp4(let name, let number), .tcp6(let name, let number): (host, port) = (name, number)
    }
    do throws(HostUnknown) {
      self = try SocketAddress(host: host, port: port, family: AF_UNSPEC)
    } catch {
      throw SocketFailure(operation, reason: error.reason)
    }
  }
}
