/// Why a text could not be made a tree, and where.
struct TreeFailure: Error, Equatable {
  let code: IssueCode
  /// Counted from 1.
  let line: Int
  let column: Int
  let reason: String
}
