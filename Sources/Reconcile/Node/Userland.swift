package import Modprobe

/// The node's own tools. They decide which rules apply.
package struct Userland: Hashable, Sendable {
  /// The version of kmod, from the name of libkmod's file below the root; nil if it is unknown.
  package let kmod: KmodVersion?
  /// The version of systemd, from the name of its own library below the root; nil if it is unknown.
  package let systemd: SystemdVersion?
  /// Whether `/lib` leads to `/usr/lib`.
  package let isUsrMerged: Bool

  package init(kmod: KmodVersion? = nil, systemd: SystemdVersion? = nil, isUsrMerged: Bool = true) {
    self.kmod = kmod
    self.systemd = systemd
    self.isUsrMerged = isUsrMerged
  }

  /// The version whose rules are followed: the newest known one if the node's cannot be known.
  package var kmodRules: KmodVersion { kmod ?? .newest }
  package var systemdRules: SystemdVersion { systemd ?? .newest }
}
