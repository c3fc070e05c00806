import Reconcile

/// The body of `/readyz?verbose`: one line for each condition.
enum ReadyzText {
  static func text(_ conditions: [Condition]) -> String {
    conditions.map { condition in
      condition.status == .yes
        ? "[+]\(condition.type.rawValue) ok\n"
        // A message may quote a file's name, and a name may have line breaks.
        : "[-]\(condition.type.rawValue) \(condition.reason.rawValue): \(condition.message)".printable + "\n"
    }.joined()
  }
}
