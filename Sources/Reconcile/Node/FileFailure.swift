/// A file operation that did not succeed: the operation, its object, and why.
package struct FileFailure: Error, Hashable, Sendable, CustomStringConvertible {
  package enum Operation: String, Hashable, Sendable {
    case list, read, write, append, remove, lock, createDirectory = "create directory", watch
  }

  package let operation: Operation
  /// The path below the node's root.
  package let path: String
  /// The errno, or 0 if the agent itself refused.
  package let errno: Int32
  package let reason: Condition.Reason
  /// What went wrong, with the errno's name in parentheses if there is one, and what to do if that is known.
  package let message: String

  package init(_ operation: Operation, _ path: String, errno: Int32, reason: Condition.Reason, message: String) {
    self.operation = operation
    self.path = path
    self.errno = errno
    self.reason = reason
    self.message = message
  }

  package var description: String { "failed to \(operation.rawValue) '\(path)': \(message)" }
}

/// The failures that both the planning of a change and the change itself can find, so that both use the same words.
extension FileFailure {
  /// Returns the refusal to replace a directory with a declared file.
  package static func directoryInPlace(of path: String) -> FileFailure {
    FileFailure(
      .write, path, errno: 0, reason: .isDirectory,
      message: "there is a directory at this path; move it out of the way")
  }

  /// Returns the failure of an operation in a directory that does not exist.
  package static func noDirectory(_ directory: String, _ operation: Operation, _ path: String) -> FileFailure {
    FileFailure(
      operation, path, errno: 2, reason: .notFound,
      message:
        "the directory '\(directory)' does not exist (ENOENT); create it, owned by root with mode 0755, or mount "
        + "the one of the node")
  }

  /// Returns the refusal to write through a symlinked directory.
  package static func linkedDirectory(_ directory: String, _ operation: Operation, _ path: String) -> FileFailure {
    FileFailure(
      operation, path, errno: 0, reason: .symlinkedDirectory,
      message: "'\(directory)' is a symlink and the agent does not write through symlinks; replace it with a directory")
  }
}
