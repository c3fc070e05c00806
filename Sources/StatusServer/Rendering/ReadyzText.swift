import Reconcile

/// The body of `/readyz?verbose`: a line for each condition.
enum ReadyzText {
  static func text(_ conditions: [Condition]) -> String {
    conditions.map { condition in
      condition.status == .yes
        ? "[+]\(condition.type.rawValue) ok\n"
        : "[-]\(condition.type.rawValue) \(condition.reason.rawValue): \(condition.message)\n"
    }.joined()
  }
}
