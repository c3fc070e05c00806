import Modprobe

/// The settings of sysctl.d(5) in an intent that keep modules out of a kernel which has booted.
struct SysctlReview {
  /// The files of the intent after the merge.
  let files: [IgnitionFile]
  let wanted: [ModuleName]

  /// Larger files are not settings.
  private static let longestFile = 64 * 1024

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
      effect: "turns autoload off, so that the kernel loads no module when a program asks for its protocol"),
  ]

  func report(_ findings: inout Findings) {
    guard !wanted.isEmpty else { return }
    let names = wanted.map(\.rawValue).joined(separator: ", ")
    let settings = Self.inOrder(files).flatMap { file in Self.settings(of: file).map { (file, $0) } }
    for setting in Self.settings {
      guard let (file, last) = settings.last(where: { $0.1.matches(setting.path) }), setting.blocks(last.value) else {
        continue
      }
      findings.warning(
        .blocked, at: file.contents.sourceAt,
        "'\(last.key) = \(last.value.prefix(100))' (line \(last.location.line) of '\(file.path)') \(setting.effect), and the "
          + "intent wants \(names) loaded; remove this line")
    }
  }

  /// Returns the files that systemd-sysctl reads, in its order; then the one that sysctl(8) reads last.
  private static func inOrder(_ files: [IgnitionFile]) -> [IgnitionFile] {
    let conf = "/etc/sysctl.conf"
    let dropIns = files.filter { file in
      let dropIn = DropIn(path: file.path, contents: [])
      return DropInSearchPath.sysctl.contains(dropIn.directory) && dropIn.name.hasSuffix(".conf")
    }
    return dropIns.sorted { name(of: $0).utf8.lexicographicallyPrecedes(name(of: $1).utf8) }
      + files.filter { $0.path == conf }
  }

  private static func name(of file: IgnitionFile) -> String { DropIn(path: file.path, contents: []).name }

  private static func settings(of file: IgnitionFile) -> [SysctlSetting] {
    guard file.contents.size <= longestFile, file.contents.compression == nil,
      case .data(let url)? = file.contents.source, let bytes = try? url.decoded()
    else { return [] }
    return SysctlFile(path: file.path, contents: bytes).settings
  }
}
