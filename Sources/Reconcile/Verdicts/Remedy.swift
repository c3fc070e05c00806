import MachineIntent
package import Modprobe

/// What a person can do about a rule: commands to paste, written once.
package enum Remedy {
  /// Comments out one line: in place in `/etc`, else in a copy in the directory `local`, which shadows the vendor's file.
  package static func commentOut(
    _ location: RuleLocation, in local: String = DropInSearchPath.modprobe[0]
  ) -> String {
    let dropIn = DropIn(path: location.file, contents: [])
    let isLocal = location.file.hasPrefix("/etc/")
    let (source, target) = (quoted(location.file), quoted(isLocal ? location.file : "\(local)/\(dropIn.name)"))
    // The remedies of several lines of one file are pasted one after the other.
    return (isLocal ? "" : "[ -e \(target) ] || cp \(source) \(target) && ")
      + "sed -i '\(location.line)s/^/# /' \(target)"
  }

  /// Removes a line from the intent or the MachineConfig that holds it: otherwise it comes back.
  static func undeclare(_ location: RuleLocation, of file: DesiredFile) -> String {
    switch file.owner {
    case .intent:
      "remove line \(location.line) of '\(file.path)' from intent '\(file.machineConfig)' (\(file.contentsAt)); otherwise "
        + "the agent restores it"
    case .machineConfigDaemon:
      "remove line \(location.line) of '\(file.path)' from the cluster's MachineConfigs, from which "
        + "'\(file.machineConfig)' is rendered; otherwise the machine-config daemon restores it"
    }
  }

  /// Returns the word as one word of the shell; it stays as it is if it needs no quotes.
  package static func quoted(_ word: String) -> String {
    let plain = word.utf8.allSatisfy {
      switch $0 {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "-"),
        UInt8(ascii: "_"), UInt8(ascii: "+"):
        true
      default: false
      }
    }
    return plain
      ? word : "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }

  /// The programs with which the remedies begin that are commands.
  private static let programs: Set<Substring> = [
    "[", "apt-file", "apt-get", "depmod", "dnf", "grubby", "modprobe", "rm", "rpm-ostree", "sctp-agent", "sed",
    "sysctl", "systemctl", "transactional-update", "yum", "zypper",
  ]

  /// Whether a remedy is a command, and not a sentence.
  package static func isCommand(_ remedy: String) -> Bool {
    remedy.split(separator: " ", maxSplits: 1).first.map(programs.contains) ?? false
  }

  /// Returns what remains of a word of the kernel command line without one entry of its list; empty if nothing remains.
  static func rest(of word: String, without isGone: (Substring) -> Bool) -> String {
    // Double quotes are for the kernel. A list of names needs none.
    let plain = word.filter { $0 != "\"" }
    guard let equals = plain.firstIndex(of: "=") else { return "" }
    let others = plain[plain.index(after: equals)...].split(separator: ",").filter { !isGone($0) }
    return others.isEmpty ? "" : plain[...equals] + others.joined(separator: ",")
  }
}
