import MachineIntent
import Modprobe

extension DesiredState {
  /// The documented MachineConfig, as the reader gives it.
  static let documented = made([
    DesiredFile(
      path: "/etc/modprobe.d/sctp-blacklist.conf", contents: [], mode: FileMode(0o644),
      at: SourceLocation(file: "builtin", line: 1, column: 1), machineConfig: "load-sctp-module"),
    DesiredFile(
      path: "/etc/modules-load.d/sctp-load.conf", contents: Array("sctp".utf8), mode: FileMode(0o644),
      at: SourceLocation(file: "builtin", line: 1, column: 1), machineConfig: "load-sctp-module"),
  ])

  static func made(
    _ files: [DesiredFile], wanted: [ModuleName] = [sctp], keptOut: [ModuleName] = []
  ) -> DesiredState {
    DesiredState(
      sources: ["builtin"], digest: "sha256:0", machineConfigs: ["load-sctp-module"], files: files, wanted: wanted,
      keptOut: keptOut, ignored: [], issues: [])
  }
}
