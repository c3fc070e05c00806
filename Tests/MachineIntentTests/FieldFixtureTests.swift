import FoundationEssentials
import Testing

@testable import MachineIntent

/// The project's own files of the kinds that people in the field write, in `Tests/Fixtures/field`.
@Suite struct FieldFixtureTests {
  private struct Expectation: Decodable {
    /// The exit status of `lint`.
    var exit: Int?
    /// Patterns of which each must match a line of what it says.
    var says: [String]?
    /// Texts that it must not say.
    var not: [String]?
    /// Whether the intent is found, so that `plan` has something to do.
    var plans: Bool?
  }

  private static let directory =
    "/" + #filePath.split(separator: "/").dropLast(2).joined(separator: "/") + "/Fixtures/field"

  private static func contents(of name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(filePath: "\(directory)/\(name)")))
  }

  @Test func `every fixture is reported as the people who run clusters need it`() throws {
    let expected = try JSONDecoder().decode(
      [String: Expectation].self, from: Data(try Self.contents(of: "expected.json")))
    let names = try FileManager.default.subpathsOfDirectory(atPath: Self.directory).sorted()
    for (name, expectation) in expected {
      let files = names.filter { $0 == name || $0.hasPrefix(name + "/") }
      let documents = try files.filter { $0.contains(".") && (files.count == 1 || $0 != name) }.map {
        IntentDocument(name: $0, bytes: try Self.contents(of: $0))
      }
      let issues = IntentReader.lint(documents)
      let text = issues.map { "\($0.at): \($0.severity.rawValue): \($0.message) [\($0.code.rawValue)]\n" }.joined()
      let reading = IntentReader.read(documents)
      if let exit = expectation.exit {
        #expect(issues.contains { $0.severity == .error } == (exit == 1), "\(name): \(text)")
      }
      for pattern in expectation.says ?? [] {
        #expect(try text.contains(Regex(pattern)), "\(name) does not say '\(pattern)': \(text)")
      }
      for forbidden in expectation.not ?? [] { #expect(!text.contains(forbidden), "\(name): \(text)") }
      if let plans = expectation.plans {
        #expect((reading.state?.files.isEmpty == false) == plans, "\(name): \(reading.issues)")
      }
    }
  }

  @Test func `what is wrong with a manifest is said, whatever its units hold`() {
    let unit =
      "    systemd:\n      units:\n      - name: a.service\n        contents: |\n          ExecStart=/bin/sh -c 'cat <<EOF\n"
      + "          EOF'\n          EOF\n          ```\n  x: [\n"
    let issues = IntentReader.lint([Intent.document(Intent.machineConfig("") + unit)])
    #expect(issues.map(\.code.rawValue) == ["syntax"], "\(issues)")
  }

  @Test func `every fixture has an expectation`() throws {
    let expected = try JSONDecoder().decode(
      [String: Expectation].self, from: Data(try Self.contents(of: "expected.json")))
    let names = try FileManager.default.contentsOfDirectory(atPath: Self.directory)
    #expect(Set(names).subtracting(["expected.json"]) == Set(expected.keys))
  }
}
