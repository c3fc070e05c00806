import Reconcile

/// Remedies that are commands, for the page.
enum RemedyCommand {
  /// Returns the command in the form that runs it on a node of an OpenShift cluster from anywhere.
  static func onNode(_ node: String, _ command: String) -> String {
    "oc debug node/\(Remedy.quoted(node)) -- chroot /host sh -c \(Remedy.quoted(command))"
  }
}
