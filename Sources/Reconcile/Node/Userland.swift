package import Modprobe

/// The node's own tools, and the libkmod by which the agent loads modules. They decide which rules apply.
package struct Userland: Hashable, Sendable {
  /// The libkmod by which the agent loads a module.
  package enum Loader: Hashable, Sendable {
    /// The node's own.
    case node
    /// That of the agent's own root file system, as in a pod; nil if its version is unknown.
    case agent(KmodVersion?)
  }

  /// The version of kmod, from the name of libkmod's file below the root; nil if it is unknown.
  package let kmod: KmodVersion?
  /// The version of systemd, from the name of its own library below the root; nil if it is unknown.
  package let systemd: SystemdVersion?
  /// Whether `/lib` leads to `/usr/lib`.
  package let isUsrMerged: Bool
  package let loader: Loader

  package init(
    kmod: KmodVersion? = nil, systemd: SystemdVersion? = nil, isUsrMerged: Bool = true, loader: Loader = .node
  ) {
    self.kmod = kmod
    self.systemd = systemd
    self.isUsrMerged = isUsrMerged
    self.loader = loader
  }

  /// The version whose rules are followed: the newest known one if the node's cannot be known.
  package var kmodRules: KmodVersion { kmod ?? .newest }
  /// The version whose rules a load by the agent follows.
  package var loaderRules: KmodVersion {
    switch loader {
    case .node: kmodRules
    case .agent(let version): version ?? .newest
    }
  }
  package var systemdRules: SystemdVersion { systemd ?? .newest }
}
