internal import FoundationEssentials

/// The repository that the tests were built from.
package enum Repository {
  // …/Tests/NodeTesting/Repository.swift
  package static let directory = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")

  /// Returns the text of a file, by its path in the repository.
  package static func text(of path: String) throws -> String {
    String(decoding: try Data(contentsOf: URL(filePath: "\(directory)/\(path)")), as: UTF8.self)
  }
}
