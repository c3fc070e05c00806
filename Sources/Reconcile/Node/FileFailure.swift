/// A file operation that did not succeed: the operation, its object and the reason.
package struct FileFailure: Error, Hashable, Sendable, CustomStringConvertible {
  package enum Operation: String, Hashable, Sendable {
    case list, read, write, append, remove, createDirectory = "create directory", watch
  }

  package let operation: Operation
  /// As the node sees it.
  package let path: String
  /// The system's error number; 0 where the refusal is the agent's own.
  package let errno: Int32
  /// A stable CamelCase token for conditions: `ReadOnly`, `NoSpace`, `PermissionDenied`, `NotFound`, `IsDirectory`,
  /// `NotDirectory`, `NoSuchOwner`, `SymlinkedDirectory`, `TooLarge`, `InputOutput`, `TooManyOpenFiles`, `Immutable`, or
  /// `FileFailure`.
  package let token: String
  /// In words, with the errno's name in parentheses where there is one, and what to do where that is known.
  package let reason: String

  package init(_ operation: Operation, _ path: String, errno: Int32, token: String, reason: String) {
    self.operation = operation
    self.path = path
    self.errno = errno
    self.token = token
    self.reason = reason
  }

  package var description: String { "failed to \(operation.rawValue) '\(path)': \(reason)" }
}

/// What is found out when a change is planned, or only when it is made, in the same words.
extension FileFailure {
  /// - Parameter path: of the declared file.
  package static func directoryInPlace(of path: String) -> FileFailure {
    FileFailure(
      .write, path, errno: 0, token: "IsDirectory",
      reason: "a directory bears the name of the declared file; move it away")
  }

  package static func noDirectory(_ directory: String, _ operation: Operation, _ path: String) -> FileFailure {
    FileFailure(
      operation, path, errno: 2, token: "NotFound",
      reason: "the directory '\(directory)' does not exist (ENOENT); create it, owned by root with mode 0755, or mount "
        + "the node's")
  }

  package static func linkedDirectory(_ directory: String, _ operation: Operation, _ path: String) -> FileFailure {
    FileFailure(
      operation, path, errno: 0, token: "SymlinkedDirectory",
      reason: "'\(directory)' is a symbolic link, and nothing is written through one; put a directory in its place")
  }
}
