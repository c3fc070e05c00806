import Glibc
import Linux
import Reconcile

extension LinuxFiles {
  /// Runs `body` and turns its error into the port's.
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
  /// Describes an errno with its name, its meaning and its remedy.
  init(_ operation: Operation, _ path: String, _ error: Errno) {
    let remedy = error.fileRemedy.map { "; \($0)" } ?? ""
    self.init(operation, path, errno: error.rawValue, reason: error.fileReason, message: "\(error)\(remedy)")
  }

  /// Describes a refusal of the agent itself.
  init(refused operation: Operation, _ path: String, reason: Condition.Reason, _ message: String) {
    self.init(operation, path, errno: 0, reason: reason, message: message)
  }
}
