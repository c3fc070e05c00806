import CLinux
import Glibc
import Testing

/// A client that sends exactly the given bytes. Reads end after a minute, so that a server that hangs fails the test.
final class RawClient {
  private let descriptor: Int32
  private var received: [UInt8] = []
  private(set) var isClosedByServer = false

  struct Unreachable: Error {
    let errno: Int32
  }

  init(port: UInt16, family: Int32 = AF_INET) throws {
    descriptor = socket(family, Int32(SOCK_STREAM.rawValue), 0)
    var status: Int32
    if family == AF_INET {
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_port = port.bigEndian
      address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
      status = Self.connect(descriptor, address)
    } else {
      var address = sockaddr_in6()
      address.sin6_family = sa_family_t(AF_INET6)
      address.sin6_port = port.bigEndian
      address.sin6_addr = in6addr_loopback
      status = Self.connect(descriptor, address)
    }
    guard status == 0 else {
      close(descriptor)
      throw Unreachable(errno: errno)
    }
    configure()
  }

  init(path: String) throws {
    descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    try #require(Self.connect(descriptor, address) == 0)
    configure()
  }

  deinit { close(descriptor) }

  private static func connect<Address>(_ descriptor: Int32, _ address: Address) -> Int32 {
    withUnsafeBytes(of: address) { bytes in
      bytes.withMemoryRebound(to: sockaddr.self) {
        Glibc.connect(descriptor, $0.baseAddress, socklen_t(MemoryLayout<Address>.size))
      }
    }
  }

  private func configure() {
    var time = timeval(tv_sec: 60, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
    var one: Int32 = 1
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
  }

  func send(_ text: String) { send(Array(text.utf8)) }

  /// Stops early where the server has closed the connection.
  func send(_ bytes: [UInt8]) {
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes {
        CLinux_send(descriptor, $0.baseAddress?.advanced(by: sent), bytes.count - sent)
      }
      guard count > 0 else { return }
      sent += count
    }
  }

  /// Each byte in a packet of its own.
  func sendByteByByte(_ bytes: [UInt8]) { for byte in bytes { send([byte]) } }

  /// Ends this side only.
  func shutDownSending() { shutdown(descriptor, Int32(SHUT_WR)) }

  /// The next response; nil: the connection ended or nothing came. Interim responses are passed over.
  func receive(head: Bool = false) -> RawResponse? {
    while true {
      if let (response, length) = RawResponse.parse(received, head: head) {
        received.removeFirst(length)
        if response.status >= 200 { return response }
        continue
      }
      guard fill() else { return nil }
    }
  }

  /// The status of an interim response.
  func receiveInterim() -> Int? {
    while true {
      if let (response, length) = RawResponse.parse(received, head: true) {
        received.removeFirst(length)
        return response.status
      }
      guard fill() else { return nil }
    }
  }

  /// True where the server ends the connection and sends nothing more before.
  func isClosed() -> Bool {
    while received.isEmpty, fill() {}
    return received.isEmpty && isClosedByServer
  }

  /// False: the end, or nothing in time.
  private func fill() -> Bool {
    var buffer = [UInt8](repeating: 0, count: 64 * 1024)
    let count = buffer.withUnsafeMutableBytes { CLinux_receive(descriptor, $0.baseAddress, $0.count) }
    guard count > 0 else {
      isClosedByServer = count == 0 || count == -Int(ECONNRESET)
      return false
    }
    received += buffer[..<count]
    return true
  }
}

struct RawResponse {
  let status: Int
  let fields: [(name: String, value: String)]
  let content: [UInt8]

  var text: String { String(decoding: content, as: UTF8.self) }

  /// The value of the first such field, by its lower-case name.
  subscript(name: String) -> String? { fields.first { $0.name == name }?.value }

  /// Parses a response; returns nil if it is not complete.
  static func parse(_ bytes: [UInt8], head: Bool) -> (RawResponse, length: Int)? {
    let end: [UInt8] = [13, 10, 13, 10]
    guard bytes.count >= 4,
      let headEnd = (0...(bytes.count - 4)).first(where: { bytes[$0..<($0 + 4)].elementsEqual(end) })
    else { return nil }
    let lines = String(decoding: bytes[..<headEnd], as: UTF8.self).split(separator: "\r\n")
    guard let first = lines.first, let status = Int(first.split(separator: " ")[1]) else { return nil }
    let fields = lines.dropFirst().map { line in
      let colon = line.firstIndex(of: ":") ?? line.endIndex
      return (
        name: line[..<colon].lowercased(), value: String(line[colon...].dropFirst().drop { $0 == " " })
      )
    }
    let declared = fields.first { $0.name == "content-length" }.flatMap { Int($0.value) } ?? 0
    let length = head || status == 304 || status < 200 ? 0 : declared
    guard bytes.count >= headEnd + 4 + length else { return nil }
    let content = Array(bytes[(headEnd + 4)..<(headEnd + 4 + length)])
    return (RawResponse(status: status, fields: fields, content: content), headEnd + 4 + length)
  }
}
