import Testing

@testable import MachineIntent

/// Texts that Go's YAML decoder, which Kubernetes uses, and libyaml read differently.
@Suite struct KubernetesYAMLTests {
  private func documents(_ text: String) throws -> [String] {
    try YAMLScan.tree(of: Array(text.utf8), TreeOrigin(source: "f"), limits: .standard).documents.map {
      $0["a"]?.text ?? $0.text
    }
  }

  private func failure(_ text: String) -> String? {
    do {
      _ = try documents(text)
      return nil
    } catch let error as TreeFailure {
      return "\(error.line):\(error.column) \(error.code.rawValue)"
    } catch {
      return "\(error)"
    }
  }

  @Test(arguments: [
    ("a: 1\n...\na: 2\n", ["1", "2"]), ("a: 1\n...\n---\na: 2\n", ["1", "2"]), ("a: 1\n...\n", ["1"]),
    ("a: 1\n... # end\n\n# next\na: 2\n", ["1", "2"]), ("a: 1\n...\n%YAML 1.1\n---\na: 2\n", ["1", "2"]),
    ("a: 1\n---\n\u{FEFF}a: 2\n", ["1", "2"]), ("a: 1\n\u{FEFF}---\na: 2\n", ["1", "2"]),
    ("\u{FEFF}a: 1\n...\n\u{FEFF}a: 2\n", ["1", "2"]), ("a: |\n  ...\n  x\n", ["...\nx\n"]), ("a: ...\n", ["..."]),
    ("...x: 1\na: 2\n", ["2"]),
  ])
  func `documents may end with dots and begin with a byte order mark`(text: String, values: [String]) throws {
    #expect(try documents(text) == values)
  }

  @Test func `a place after a byte order mark is that of the text without it`() throws {
    let text = "a: 1\n---\n\u{FEFF}a: {b: 2}\n"
    let tree = try YAMLScan.tree(of: Array(text.utf8), TreeOrigin(source: "f"), limits: .standard)
    #expect(tree.documents.last?["a"]?["b"]?.location.description == "f:3:8")
  }

  @Test(arguments: [
    ("a: \"x\\/y\"\n", "1:6 syntax"), ("a: 1\nb: [\"é\", \"\\/\"]\n", "2:11 syntax"),
    ("a: &x !!str \"\n  \\/\"\n", "2:3 syntax"), ("\"\\/\": 1\n", "1:2 syntax"), ("a: '\\/'\n", nil),
    ("a: \\/\n", nil), ("a: |\n  \"\\/\"\n", nil), ("a: \"\\\\/\"\n", nil), ("# \"\\/\"\na: \"b\"\n", nil),
    ("a: \"b\" # \\/\n", nil), ("a: 'it''s' \nb: \"\\/\"\n", "2:5 syntax"),
  ])
  func `an escaped slash is refused in double quotes`(text: String, expected: String?) {
    #expect(failure(text) == expected)
  }

  @Test(arguments: [
    ("a: {{b}}\n", "1:5 syntax"), ("? [a]\n: b\n", "1:3 syntax"), ("a: &x [1]\n*x : 2\n", "2:1 syntax"),
    ("? a\n: b\n", nil), ("&x a: 1\n*x : 2\n", nil), ("a: {? b : c}\n", nil), ("{a: {b: c}, d: [e]}\n", nil),
  ])
  func `a key that is no scalar is refused`(text: String, expected: String?) {
    #expect(failure(text) == expected)
  }

  @Test func `of two keys that differ in case the last in byte order counts, as the API server stores them`() {
    func path(_ text: String) -> [String] { Intent.read(text).state?.files.map(\.path) ?? [] }
    func entry(_ first: String, _ second: String) -> String {
      "- {\(first): /etc/modprobe.d/1.conf, \(second): /etc/modprobe.d/2.conf, contents: {source: 'data:,'}}"
    }
    #expect(path(Intent.machineConfig(entry("path", "Path"))) == ["/etc/modprobe.d/1.conf"])
    #expect(path(Intent.machineConfig(entry("PATH", "path"))) == ["/etc/modprobe.d/2.conf"])
    #expect(path(Intent.machineConfig(entry("path", "path"))) == ["/etc/modprobe.d/2.conf"])
    // Ignition reads JSON in the order in which it is written.
    let config =
      #"{"ignition":{"version":"3.2.0"},"storage":{"files":[{"path":"/etc/modprobe.d/1.conf","#
      + #""PATH":"/etc/modprobe.d/2.conf","contents":{"source":"data:,"}}]}}"#
    #expect(path(config) == ["/etc/modprobe.d/2.conf"])
  }

  @Test(arguments: ["3.4.0-", "3.4.0+", "3.4.0-+", "03.4.0"])
  func `a version may have an empty pre-release and empty metadata`(version: String) {
    #expect(IgnitionVersion(version)?.description == "3.4.0")
  }

  @Test(arguments: ["3.4.0-a", "3.4.0+a", "3.4.0+-", "-3.4.0", "3.4.0--", "3.4.0++", "3.4", ""])
  func `any other version is unknown`(version: String) { #expect(IgnitionVersion(version) == nil) }
}
