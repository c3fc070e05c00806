import Foundation
import Testing

private let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent()

private func text(_ path: String) throws -> String {
  try String(contentsOf: repository.appending(path: path), encoding: .utf8)
}

@Test func troubleshootingExplainsEveryReason() throws {
  let page = try text("docs/troubleshooting.md")
  var reasons = Set<String>()
  let sources = FileManager.default.subpaths(atPath: repository.appending(path: "Sources").path) ?? []
  let given = sources.filter { $0.hasSuffix(".swift") }.map { ("Sources/\($0)", /token: "([A-Z][A-Za-z]+)"/) }
  for (path, pattern) in given + [
    ("Sources/Reconcile/Status/Conditions.swift", /"([A-Z][A-Za-z]+)"/),
    ("Sources/Reconcile/Verdicts/Blocker.swift", /"([A-Z][A-Za-z]+)"/),
    ("Sources/LinuxNode/Errno+Words.swift", /: "([A-Z][A-Za-z]+)"/),
  ] {
    for match in try text(path).matches(of: pattern) { reasons.insert(String(match.output.1)) }
  }
  #expect(reasons.isSuperset(of: ["Blacklisted", "ReadOnly", "SymlinkedDirectory", "Proved", "Immutable"]))
  for reason in reasons.sorted() { #expect(page.contains("`\(reason)`"), "\(reason)") }
}

@Test func everyRowOfTheFailureTableNamesATestThatIsThere() throws {
  let rows = try text("docs/troubleshooting.md").split(separator: "\n").drop { !$0.hasPrefix("| you see") }.dropFirst(2)
    .prefix { $0.hasPrefix("|") }
  #expect(rows.count > 20)
  let paths = FileManager.default.subpaths(atPath: repository.appending(path: "Tests").path) ?? []
  for row in rows {
    let names = row.split(separator: "|").last?.matches(of: /`([^`]+)`/).map { String($0.output.1) } ?? []
    #expect(!names.isEmpty, "\(row)")
    for name in names {
      let file = name.hasSuffix("Tests") ? "\(name).swift" : "VM/scenarios/\(name).sh"
      #expect(paths.contains { $0.hasSuffix(file) }, "\(name)")
    }
  }
}
