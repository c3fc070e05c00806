package import Modprobe

/// Commands for a person to paste, written once.
package enum Remedy {
  /// Comments out one line, in place in `/etc`, else by a copy there that shadows the vendor's file.
  package static func commentOut(_ location: RuleLocation) -> String {
    let local = DropInSearchPath.modprobe[0]
    let dropIn = DropIn(path: location.file, contents: [], isMask: false)
    if location.line == 0 { return "remove the rule from \(location.file)" }
    if dropIn.directory == local { return "sed -i '\(location.line)s/^/# /' \(location.file)" }
    return "sed '\(location.line)s/^/# /' \(location.file) > \(local)/\(dropIn.name)"
  }

  package static func commandLine(_ argument: String) -> String {
    "rpm-ostree kargs --delete=\(argument)   # (grubby --update-kernel=ALL --remove-args=\(argument)), then reboot"
  }
}
