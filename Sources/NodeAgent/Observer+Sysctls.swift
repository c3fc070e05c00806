import Modprobe
import Reconcile

extension Observer {
  /// Returns the lines of sysctl.d about the settings that exist while sctp is loaded, and about those that keep
  /// modules out, in the order in which they are applied. Only notes and remedies use them, so unreadable files are
  /// left out.
  ///
  /// - Parameter goesOn: once it returns false, the rest is left out.
  func sysctls(while goesOn: () -> Bool) -> [SysctlSetting] {
    var bytes = MemoryBudget.dropIns
    let directories = DropInSearchPath.sysctl.map { directory -> [DropIn] in
      let scope = ListingScope(bytes: bytes, isWanted: EffectiveDropIns.isModulesLoadName)
      let entries = (try? access.files.list(directory, scope, while: goesOn))?.entries ?? []
      bytes = max(0, bytes - entries.reduce(0) { $0 + ($1.contents?.count ?? 0) })
      return entries.map { DropIn(path: $0.path, contents: $0.contents ?? []) }
    }
    var dropIns = EffectiveDropIns.sysctl(directories).applied
    // procps reads it after all others; systemd reads it where sysctl.d has a link to it.
    if let contents = try? access.files.read("/etc/sysctl.conf", limit: MemoryBudget.dropIn) {
      dropIns.append(DropIn(path: "/etc/sysctl.conf", contents: contents))
    }
    return dropIns.flatMap { SysctlFile(path: $0.path, contents: $0.contents).settings }.filter {
      $0.path.hasPrefix("net/sctp/") || $0.matches("kernel/modules_disabled") || $0.matches("kernel/modprobe")
    }
  }
}
