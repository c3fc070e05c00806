@testable import MachineIntent

/// Builders of small intents for the tests.
enum Intent {
  /// A MachineConfig around entries of `storage.files`, written at the indentation of a list in a list.
  static func machineConfig(
    _ files: String, name: String = "mc", role: String? = "worker", version: String = "3.2.0", spec: String = ""
  ) -> String {
    let labels = role.map { "  labels: {machineconfiguration.openshift.io/role: \($0)}\n" } ?? ""
    let indented = files.split(separator: "\n").map { "        \($0)\n" }.joined()
    return """
      apiVersion: machineconfiguration.openshift.io/v1
      kind: MachineConfig
      metadata:
        name: \(name)
      \(labels)spec:
      \(spec)  config:
          ignition: {version: \(version)}
          storage:
            files:
      \(indented)
      """
  }

  static func document(_ text: String, name: String = "mc.yaml") -> IntentDocument {
    IntentDocument(name: name, bytes: Array(text.utf8))
  }

  static func read(_ texts: String..., roles: [String] = []) -> IntentReading {
    IntentReader.read(texts.enumerated().map { document($1, name: "\($0).yaml") }, roles: roles)
  }

  static func contents(_ reading: IntentReading, _ path: String) -> String? {
    reading.state?.files.first { $0.path == path }?.contents.map { String(decoding: $0, as: UTF8.self) }
  }
}

extension IntentReading {
  /// `line:col code`, `!` before an error.
  var findings: [String] { MachineIntentTests.findings(issues) }
}

func findings(_ issues: [ConfigIssue]) -> [String] {
  issues.map { "\($0.severity == .error ? "!" : "")\($0.at.line):\($0.at.column) \($0.code.rawValue)" }
}
