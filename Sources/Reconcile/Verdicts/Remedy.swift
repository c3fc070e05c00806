import MachineIntent
package import Modprobe

/// Commands for a person to paste, written once.
package enum Remedy {
  /// Comments out one line, in place in `/etc`, else by a copy in the directory `local` that shadows the vendor's file.
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

  /// Takes a line out of what declares the file: it would be put back into the file.
  static func undeclare(_ location: RuleLocation, of file: DesiredFile) -> String {
    switch file.owner {
    case .intent:
      "take line \(location.line) of '\(file.path)' out of the intent '\(file.machineConfig)' (\(file.contentsAt)), by which "
        + "the agent keeps the file as it is"
    case .machineConfigDaemon:
      "take line \(location.line) of '\(file.path)' out of the cluster's MachineConfigs, of which '\(file.machineConfig)' is "
        + "rendered: the machine-config daemon keeps the file as it is"
    }
  }

  /// As one word of the shell; what needs no quotes stays as it is.
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

  /// Puts the distribution's own module files in place.
  package static func reinstall(_ release: String) -> String {
    "dnf reinstall kernel-modules-extra-\(release) && depmod -a \(release)"
  }

  /// Takes a word from the kernel command line, or the module from the list that the word holds: with rpm-ostree where
  /// there is one, else with grubby.
  package static func commandLine(_ word: String, without module: ModuleName? = nil) -> String {
    var kept = ""
    // Double quotes are the kernel's, and what is kept of a list of names needs none.
    let plain = word.filter { $0 != "\"" }
    if let module, let equals = plain.firstIndex(of: "=") {
      let others = plain[plain.index(after: equals)...].split(separator: ",").filter {
        ModuleName(String($0)) != module
      }
      if !others.isEmpty { kept = plain[...equals] + others.joined(separator: ",") }
    }
    let (old, new) = (quoted(word), quoted(kept))
    return "rpm-ostree kargs --delete=\(old)\(kept.isEmpty ? "" : " --append=\(new)")"
      + " || grubby --update-kernel=ALL --remove-args=\(old)\(kept.isEmpty ? "" : " --args=\(new)")"
      + "   # then reboot"
  }
}
