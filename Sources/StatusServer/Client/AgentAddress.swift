import Glibc
import Linux
import Synchronization

/// One resolved address at which an agent may listen.
package struct AgentAddress: Sendable, CustomStringConvertible {
  let socketAddress: SocketAddress
  /// `10.0.0.7:9132`, `[fd00::7]:9132` or `unix:PATH`, without a name to resolve.
  package let description: String

  private init(_ socketAddress: SocketAddress) {
    self.socketAddress = socketAddress
    description = "\(socketAddress)"
  }

  /// Resolves a name to all its addresses. The name of a headless Service has the addresses of all its pods.
  ///
  /// - Parameters:
  ///   - address: where the agent listens.
  ///   - time: the limit for a name server's answer. The lookup itself cannot be stopped, so its thread goes on.
  /// - Throws: if the name cannot be resolved in time.
  package static func all(of address: ListenAddress, within time: Duration) throws(SocketFailure) -> [AgentAddress] {
    let operation = "connect to \(address)"
    let (host, port): (String, UInt16)
    switch address {
    case .unix(let path):
      guard let target = SocketAddress(path: path) else {
        throw SocketFailure(operation, reason: "the path is longer than \(SocketAddress.longestPath) bytes")
      }
      return [AgentAddress(target)]
    case .none: throw SocketFailure(operation, reason: "'none' is not an address of an agent")
    case .everywhere(let everywhere): (host, port) = ("127.0.0.1", everywhere)
    case .tcp4(let name, let number), .tcp6(let name, let number): (host, port) = (name, number)
    }
    let lookup = try Lookup(host: host, port: port)
    guard let result = lookup.result(within: time) else {
      throw SocketFailure(
        operation, errno: ETIMEDOUT, reason: "no name server answered in time", remedy: "give a numeric address")
    }
    switch result {
    case .success(let targets): return targets.map(AgentAddress.init)
    case .failure(let failure):
      throw SocketFailure(operation, reason: failure.reason, remedy: "check the name, or give a numeric address")
    }
  }

  /// One call of getaddrinfo(3), which has no time limit, on its own thread.
  private final class Lookup: Sendable {
    private let done: EventDescriptor
    private let outcome = Mutex<Result<[SocketAddress], SocketAddress.HostUnknown>?>(nil)

    init(host: String, port: UInt16) throws(SocketFailure) {
      done = try EventDescriptor.make()
      do throws(PosixThread.Failure) {
        let thread = try PosixThread(named: "lookup") { [self] in
          let result = Result { () throws(SocketAddress.HostUnknown) in try SocketAddress.all(host: host, port: port) }
          outcome.withLock { $0 = result }
          done.signal()
        }
        thread.detach()
      } catch {
        throw SocketFailure("start the thread lookup", errno: error.error.rawValue, remedy: error.remedy)
      }
    }

    /// Returns nil if there is no result in time.
    func result(within time: Duration) -> Result<[SocketAddress], SocketAddress.HostUnknown>? {
      done.awaitSignal(atMost: time)
      return outcome.withLock { $0 }
    }
  }
}
