import Glibc
import Reconcile

extension LinuxFiles {
  /// Turns the system's error into the port's.
  func attempt<Value: ~Copyable>(
    _ operation: FileFailure.Operation, _ path: String, _ body: () throws(Errno) -> Value
  ) throws(FileFailure) -> Value {
    do throws(Errno) {
      return try body()
    } catch {
      throw FileFailure(operation, path, error)
    }
  }
}

extension FileFailure {
  /// `errno`'s name, words and remedy.
  init(_ operation: Operation, _ path: String, _ error: Errno) {
    let remedy = error.fileRemedy.map { "; \($0)" } ?? ""
    self.init(operation, path, errno: error.rawValue, reason: error.fileReason, message: "\(error)\(remedy)")
  }

  /// A refusal of the agent's own.
  init(refused operation: Operation, _ path: String, reason: Condition.Reason, _ message: String) {
    self.init(operation, path, errno: 0, reason: reason, message: message)
  }
}
