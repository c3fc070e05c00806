import Modprobe

/// The settings of sysctl.d(5) in an intent that keep modules out of a kernel which has booted.
struct SysctlReview {
  /// The files of the intent after the merge.
  let files: [IgnitionFile]
  let wanted: [ModuleName]

  /// Larger files are not settings.
  private static let longestFile = 64 * 1024

  /// The effect of a `kernel.modprobe` that loads nothing.
  static let autoloadOff = "turns autoload off, so that the kernel loads no module when a program asks for its protocol"

  private struct Setting: Sendable {
    let path: String
    /// Whether modules are kept out by this value.
    let blocks: @Sendable (String) -> Bool
    let effect: String
  }

  /// Source: the kernel's documentation, admin-guide/sysctl/kernel.rst.
  private static let settings = [
    Setting(
      path: "kernel/modules_disabled", blocks: { $0 == "1" },
      effect:
        "makes the kernel refuse every module once it has booted, so that a module that is gone stays gone"),
    Setting(
      path: "kernel/modprobe", blocks: SysctlSetting.turnsAutoloadOff,
      effect: autoloadOff),
  ]

  func report(_ findings: inout Findings) {
    guard !wanted.isEmpty else { return }
    let names = wanted.map(\.rawValue).joined(separator: ", ")
    let settings = inOrder().flatMap { SysctlFile(path: $0.path, contents: $0.contents).settings }
    for setting in Self.settings {
      guard let last = settings.last(where: { $0.matches(setting.path) }), setting.blocks(last.value),
        let file = files.last(where: { $0.path == last.location.file })
      else { continue }
      findings.warning(
        .blocked, at: file.contents.sourceAt,
        "'\(last.key) = \(last.value.prefix(100))' (line \(last.location.line) of '\(file.path)') \(setting.effect), and the "
          + "intent wants \(names) loaded; remove this line")
    }
  }

  /// Returns the files that systemd-sysctl obeys, in its order; then the one that sysctl(8) reads last.
  private func inOrder() -> [DropIn] {
    let dropIns = files.compactMap { file in
      file.decoded(upTo: Self.longestFile).map { DropIn(path: file.path, contents: $0) }
    }
    let directories = DropInSearchPath.sysctl.map { directory in dropIns.filter { $0.directory == directory } }
    return EffectiveDropIns.sysctl(directories).applied + dropIns.filter { $0.path == "/etc/sysctl.conf" }
  }
}
