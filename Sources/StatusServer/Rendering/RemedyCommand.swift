import Reconcile

/// Remedies that are commands rather than sentences.
enum RemedyCommand {
  /// The programs with which the agent's remedies begin.
  private static let programs: Set<Substring> = [
    "[", "apt", "apt-get", "cp", "depmod", "dnf", "dracut", "grubby", "modprobe", "mokutil", "rm", "rpm-ostree",
    "sctp-agent", "sed", "sysctl", "systemctl", "transactional-update", "update-grub", "yum", "zypper",
  ]

  static func isCommand(_ remedy: String) -> Bool {
    remedy.split(separator: " ", maxSplits: 1).first.map(programs.contains) ?? false
  }

  /// Returns the command in the form that runs it on a node of an OpenShift cluster from anywhere.
  static func onNode(_ node: String, _ command: String) -> String {
    "oc debug node/\(Remedy.quoted(node)) -- chroot /host sh -c \(Remedy.quoted(command))"
  }
}
