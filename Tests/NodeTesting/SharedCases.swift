internal import FoundationEssentials
package import Testing

/// The conformance cases beside the repository, or where `SCTP_AGENT_SHARED` says; they are no part of the project.
package struct SharedCases {
  /// The set's directory.
  package let directory: String

  /// The set of this name; a test that needs it has the trait `.needsCases`.
  package init(_ set: String) { directory = "\(Self.root)/cases/\(set)" }

  fileprivate var isPresent: Bool { FileManager.default.fileExists(atPath: directory) }

  private static var root: String {
    if let directory = ProcessInfo.processInfo.environment["SCTP_AGENT_SHARED"] { return directory }
    return "\(Repository.directory)/../shared"
  }

  /// The contents of a file of the set.
  package func contents(of name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(filePath: "\(directory)/\(name)")))
  }

  /// The names of the files below the set's directory that end so, in order.
  package func files(endingWith suffix: String) throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: directory).filter { $0.hasSuffix(suffix) }.sorted()
  }

  /// A JSON file of the set.
  package func decode<Expected: Decodable>(_ type: Expected.Type, from name: String) throws -> Expected {
    try JSONDecoder().decode(type, from: Data(contentsOf: URL(filePath: "\(directory)/\(name)")))
  }
}

extension Trait where Self == ConditionTrait {
  /// Skips the test, and says so, where one of these sets is absent.
  package static func needsCases(_ sets: String...) -> Self {
    .enabled(
      if: sets.allSatisfy { SharedCases($0).isPresent },
      "needs \(sets.map { SharedCases($0).directory }.joined(separator: ", ")); SCTP_AGENT_SHARED names another place")
  }
}
