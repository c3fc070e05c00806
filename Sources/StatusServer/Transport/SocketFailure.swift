import Linux

/// A failed operation on a socket or an address, with its object, the reason and the remedy.
package struct SocketFailure: Error, Hashable, Sendable, CustomStringConvertible {
  package let operation: String
  /// The error number; 0 if the agent itself refused.
  package let errno: Int32
  package let reason: String
  /// The remedy; nil if none is known.
  package let remedy: String?

  init(_ operation: String, errno: Int32, reason: String? = nil, remedy: String? = nil) {
    self.operation = operation
    self.errno = errno
    self.reason = reason ?? "\(Errno(errno))"
    self.remedy = remedy
  }

  init(_ operation: String, reason: String, remedy: String? = nil) {
    self.operation = operation
    self.errno = 0
    self.reason = reason
    self.remedy = remedy
  }

  package var description: String { "failed to \(operation): \(reason)" + (remedy.map { "; \($0)" } ?? "") }
}

extension EventDescriptor {
  /// Creates an event for the server. Throws if the process may open no more files.
  static func make() throws(SocketFailure) -> EventDescriptor {
    do throws(Errno) {
      return try EventDescriptor()
    } catch {
      throw SocketFailure("create an eventfd", errno: error.rawValue, remedy: "raise the limit of open files")
    }
  }
}
