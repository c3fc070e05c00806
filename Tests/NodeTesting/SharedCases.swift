internal import FoundationEssentials

/// The conformance cases beside the repository, or where `SCTP_AGENT_SHARED` says; they are no part of the project.
package struct SharedCases {
  /// The set's directory.
  package let directory: String

  /// The set of this name; nil, and a line that says so, where it is absent.
  package init?(_ set: String) {
    directory = "\(Self.root)/cases/\(set)"
    guard FileManager.default.fileExists(atPath: directory) else {
      print("\(set): skipped, there is no \(directory)")
      return nil
    }
  }

  private static var root: String {
    if let directory = ProcessInfo.processInfo.environment["SCTP_AGENT_SHARED"] { return directory }
    // …/Tests/NodeTesting/SharedCases.swift
    let repository = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    return "/\(repository)/../shared"
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
