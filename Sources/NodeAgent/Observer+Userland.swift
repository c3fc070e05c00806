import Modprobe
import Reconcile

extension Observer {
  /// The directories in which distributions keep libkmod and systemd's own library.
  private static let libraries = [
    "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib/powerpc64le-linux-gnu",
    "/usr/lib/s390x-linux-gnu", "/usr/lib64", "/usr/lib", "/lib/x86_64-linux-gnu", "/lib/aarch64-linux-gnu", "/lib64",
    "/lib",
  ]

  /// The versions of the node's own tools, by the names of their libraries below the root. A directory that cannot be
  /// read counts as empty.
  func userland(isUsrMerged: Bool) -> Userland {
    var kmod: KmodVersion?
    var systemd: SystemdVersion?
    for directory in Self.libraries {
      for name in names(in: directory) {
        if let found = KmodVersion(libraryName: name) { kmod = max(found, kmod ?? found) }
      }
      for name in names(in: directory + "/systemd") {
        if let found = SystemdVersion(libraryName: name) { systemd = max(found, systemd ?? found) }
      }
    }
    return Userland(kmod: kmod, systemd: systemd, isUsrMerged: isUsrMerged)
  }

  private func names(in directory: String) -> [String] { (try? access.files.names(in: directory)) ?? [] }

  /// The node's distribution, from os-release(5).
  func distribution() -> Distribution {
    for path in ["/etc/os-release", "/usr/lib/os-release"] {
      if let contents = try? access.files.read(path, limit: 65536) { return Distribution(osRelease: contents) }
    }
    return .other
  }
}
