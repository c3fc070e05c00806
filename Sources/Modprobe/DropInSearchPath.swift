/// The directories in which kmod and systemd look for drop-in files, highest precedence first.
package enum DropInSearchPath {
  /// Source: modprobe.d(5). Which of them a version of kmod reads, `KmodVersion.reads(_:isUsrMerged:)` says. Where `/lib`
  /// leads to `/usr/lib`, a name of the one shadows the same name of the other, so reading both changes nothing.
  package static let modprobe = directories.map { $0 + "/modprobe.d" }

  /// Source: modules-load.d(5). `/lib` is read by builds for a split `/usr` only.
  package static let modulesLoad = directories.map { $0 + "/modules-load.d" }

  /// Source: sysctl.d(5).
  package static let sysctl = directories.map { $0 + "/sysctl.d" }

  private static let directories = ["/etc", "/run", "/usr/local/lib", "/usr/lib", "/lib"]
}
