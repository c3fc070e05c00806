/// The directories in which kmod and systemd look for drop-in files, highest precedence first.
package enum DropInSearchPath {
  /// Source: modprobe.d(5). kmod 32 and later read all five; 29 to 31 leave out `/usr/lib` and 20 to 28 also
  /// `/usr/local/lib`. `/lib` is `/usr/lib` wherever the two trees are merged, which the reader has to notice:
  /// the second sight of a name is shadowed by the first, so the answer is the same.
  package static let modprobe = directories.map { $0 + "/modprobe.d" }

  /// Source: modules-load.d(5). `/lib` is read by builds for a split `/usr` only.
  package static let modulesLoad = directories.map { $0 + "/modules-load.d" }

  /// Source: sysctl.d(5).
  package static let sysctl = directories.map { $0 + "/sysctl.d" }

  private static let directories = ["/etc", "/run", "/usr/local/lib", "/usr/lib", "/lib"]
}
