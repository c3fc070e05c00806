import CLinux
import Glibc
import Linux

/// One GET request over a non-blocking socket. Call `advance` each time its descriptor is ready, until it has a result.
struct ClientRequest {
  /// The longest answer in bytes: several times the largest `/status`.
  private static let limit = 4 * 1024 * 1024

  let deadline: ContinuousClock.Instant
  private let target: AgentAddress
  /// Closes with the last copy of the request.
  private let socket: ClientSocket?
  private var unsent: ArraySlice<UInt8>
  private var isConnected = false
  private var answer: [UInt8] = []
  /// The result; nil as long as the request is in progress.
  private(set) var result: Result<StatusClient.Answer, SocketFailure>?

  /// Starts to connect.
  init(_ path: String, to target: AgentAddress, deadline: ContinuousClock.Instant) {
    self.target = target
    self.deadline = deadline
    // With HTTP/1.0, the server closes the connection after its answer.
    unsent = Array("GET \(path) HTTP/1.0\r\nHost: localhost\r\n\r\n".utf8)[...]
    let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
    let descriptor = Glibc.socket(target.socketAddress.family, type, 0)
    guard descriptor >= 0 else {
      socket = nil
      fail("connect to", errno)
      return
    }
    socket = ClientSocket(descriptor: descriptor)
    let status = target.socketAddress.withPointer { connect(descriptor, $0, $1) == 0 ? 0 : errno }
    if status == 0 { isConnected = true } else if status != EINPROGRESS { fail("connect to", status) }
  }

  /// The descriptor to wait for, or -1 if there is none.
  var descriptor: Int32 { result == nil ? socket?.descriptor ?? -1 : -1 }

  /// The events of poll(2) to wait for.
  var awaitedEvents: Int16 { Int16(unsent.isEmpty ? POLLIN : POLLOUT) }

  /// Connects, sends and receives as far as possible without waiting.
  mutating func advance() {
    guard result == nil else { return }
    if !isConnected { finishConnecting() }
    if isConnected, !unsent.isEmpty { send() }
    if isConnected, unsent.isEmpty { receive() }
    if result == nil, ContinuousClock.now >= deadline {
      fail(isConnected ? "read the answer of" : "connect to", ETIMEDOUT)
    }
  }

  private mutating func finishConnecting() {
    var state = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    guard poll(&state, 1, 0) > 0 else { return }
    var status: Int32 = 0
    var length = socklen_t(MemoryLayout<Int32>.size)
    getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &status, &length)
    if status == 0 { isConnected = true } else { fail("connect to", status) }
  }

  private mutating func send() {
    let sent = unsent.withUnsafeBytes { CLinux_send(descriptor, $0.baseAddress, $0.count) }
    if sent > 0 {
      unsent = unsent.dropFirst(sent)
    } else if sent != -Int(EAGAIN), sent != -Int(EINTR) {
      fail("ask", Int32(-sent))
    }
  }

  private mutating func receive() {
    var buffer = [UInt8](repeating: 0, count: 65536)
    while result == nil {
      let count = CLinux_receive(descriptor, &buffer, buffer.count)
      switch count {
      case 1...:
        answer += buffer[..<count]
        if answer.count > Self.limit { fail("read the answer of", reason: "it is longer than \(Self.limit) bytes") }
      case 0: finish()
      case -Int(EINTR): continue
      case -Int(EAGAIN): return
      default: fail("read the answer of", Int32(-count))
      }
    }
  }

  /// Splits the answer into its status code and its content.
  private mutating func finish() {
    guard let end = answer.firstRange(of: Array("\r\n\r\n".utf8)) else {
      return fail("read the answer of", reason: "it is not a complete HTTP answer")
    }
    let lines = String(decoding: answer[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
    let words = lines.first?.split(separator: " ") ?? []
    guard words.count > 1, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]) else {
      return fail("read the answer of", reason: "it is not an HTTP answer")
    }
    let content = Array(answer[end.upperBound...])
    for line in lines.dropFirst() where line.lowercased().hasPrefix("content-length:") {
      let length = line.dropFirst("content-length:".count).drop { $0 == " " }
      guard length == "\(content.count)" else {
        return fail("read the answer of", reason: "it ended after \(content.count) of \(length) bytes")
      }
    }
    result = .success(StatusClient.Answer(status: status, content: content))
  }

  private mutating func fail(_ operation: String, _ errno: Int32) {
    let remedy: String? =
      switch errno {
      case ECONNREFUSED, ENOENT: "start the agent, or give its address"
      case EACCES: "run the command as root, or give another address"
      case ETIMEDOUT: "check that the address is an agent's and that a firewall allows it"
      default: nil
      }
    result = .failure(SocketFailure("\(operation) \(target)", errno: errno, remedy: remedy))
  }

  private mutating func fail(_ operation: String, reason: String) {
    result = .failure(
      SocketFailure("\(operation) \(target)", reason: reason, remedy: "check that the address is an agent's"))
  }
}

/// A socket that closes with its last reference.
private final class ClientSocket: Sendable {
  let descriptor: Int32

  init(descriptor: Int32) { self.descriptor = descriptor }

  deinit { close(descriptor) }
}
