import Modprobe
import Reconcile

extension Observer {
  /// The versions of the node's own tools, and by which libkmod the agent loads.
  mutating func userland(isUsrMerged: Bool) -> Userland {
    let found = libraries.read(from: access.files)
    return Userland(kmod: found.kmod, systemd: found.systemd, isUsrMerged: isUsrMerged, loader: access.loader)
  }

  /// The node's distribution, from os-release(5).
  func distribution() -> Distribution {
    for path in ["/etc/os-release", "/usr/lib/os-release"] {
      if let contents = try? access.files.read(path, limit: 65536) { return Distribution(osRelease: contents) }
    }
    return .unknown
  }
}
