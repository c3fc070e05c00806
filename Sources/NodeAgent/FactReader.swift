import Reconcile

/// Reads facts one by one: a fact that cannot be read is noted and does not stop the others.
struct FactReader {
  /// The reason why facts are unknown.
  private(set) var failures: [FileFailure] = []

  /// Notes why a fact is unknown.
  mutating func note(_ failure: FileFailure) { failures.append(failure) }

  /// Returns the fact, or `unknown` if it cannot be read.
  ///
  /// - Parameter prefix: the usual name for the root of the file system that is read, such as `/proc`.
  mutating func read<Value>(
    orElse unknown: Value, below prefix: String = "", _ body: () throws(FileFailure) -> Value
  ) -> Value {
    do throws(FileFailure) {
      return try body()
    } catch {
      failures.append(
        FileFailure(
          error.operation, prefix + error.path, errno: error.errno, reason: error.reason, message: error.message))
      return unknown
    }
  }
}
