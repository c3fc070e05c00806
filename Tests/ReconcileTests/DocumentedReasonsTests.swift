import Foundation
import Modprobe
import Reconcile
import Testing

/// The troubleshooting table against the reasons and the tests that there are.
@Suite struct DocumentedReasonsTests {
  private static let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  private static func text(_ path: String) throws -> String {
    try String(contentsOf: repository.appending(path: path), encoding: .utf8)
  }

  @Test(arguments: Condition.Reason.allCases)
  func `every reason is documented`(reason: Condition.Reason) throws {
    #expect(try Self.text("docs/troubleshooting.md").contains("`\(reason.rawValue)`"))
  }

  @Test(arguments: PathReason.allCases)
  func `every reason of a path is documented`(reason: PathReason) throws {
    #expect(try Self.text("docs/troubleshooting.md").contains("`\(reason.rawValue)`"))
  }

  @Test func `every alert has a case that fires it and a runbook`() throws {
    let rules = try Self.text("deploy/components/monitoring/prometheusrule.yaml")
    let (cases, runbooks) = (try Self.text("Tests/Deploy/alerts.yaml"), try Self.text("deploy/README.md"))
    let alerts = rules.matches(of: /- alert: (\w+)/).map(\.output.1)
    #expect(alerts.count > 8)
    for alert in alerts {
      #expect(cases.contains("{labels: '{alertname=\"\(alert)\""), "\(alert)")
      #expect(runbooks.contains("### \(alert)\n"), "\(alert)")
    }
  }

  @Test func `every kind of blocker has a reason of its own`() {
    let reasons = Blocker.Kind.allCases.map {
      Blocker($0, module: sctp, location: .source("x"), text: "", remedy: "").reason
    }
    #expect(Set(reasons).count == reasons.count)
  }

  @Test func `every row of the failure table names a test that exists`() throws {
    let rows = try Self.text("docs/troubleshooting.md").split(separator: "\n").drop { !$0.hasPrefix("| you see") }
      .dropFirst(2).prefix { $0.hasPrefix("|") }
    #expect(rows.count > 20)
    // A run of the VM tests may be working in its hidden directory.
    let tests = FileManager.default.enumerator(
      at: Self.repository.appending(path: "Tests"), includingPropertiesForKeys: nil, options: .skipsHiddenFiles)
    let paths = (tests?.allObjects ?? []).compactMap { ($0 as? URL)?.path }
    for row in rows {
      let names = row.split(separator: "|").last?.matches(of: /`([^`]+)`/).map { String($0.output.1) } ?? []
      #expect(!names.isEmpty, "\(row)")
      for name in names {
        let file =
          name.hasSuffix("Tests") ? "\(name).swift" : name.hasSuffix(".yaml") ? name : "VM/scenarios/\(name).sh"
        #expect(paths.contains { $0.hasSuffix(file) }, "\(name)")
      }
    }
  }
}
