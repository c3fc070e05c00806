import Modprobe
import Reconcile

extension Observer {
  /// What sysctl.d wants of the settings that a load of sctp brings, and of those that keep modules out, in the order in
  /// which it is applied. They only serve for notes and remedies: what cannot be read is left out.
  func sysctls() -> [SysctlSetting] {
    let directories = DropInSearchPath.sysctl.map { directory in
      ((try? access.files.list(directory))?.entries ?? []).map {
        DropIn(path: $0.path, contents: $0.contents ?? [])
      }
    }
    var dropIns = EffectiveDropIns.sysctl(directories).applied
    // procps reads it after all others; systemd reads it where sysctl.d has a link to it.
    if let contents = try? access.files.read("/etc/sysctl.conf", limit: 1 << 20) {
      dropIns.append(DropIn(path: "/etc/sysctl.conf", contents: contents))
    }
    return dropIns.flatMap { SysctlFile(path: $0.path, contents: $0.contents).settings }.filter {
      $0.path.hasPrefix("net/sctp/") || $0.matches("kernel/modules_disabled") || $0.matches("kernel/modprobe")
    }
  }
}
