/// The version of the program: the document of `/version`.
package struct BuildVersion: Encodable, Hashable, Sendable {
  package let version: String
  package let commit: String
  /// The version of the compiler.
  package let swift: String

  package init(version: String, commit: String, swift: String) {
    self.version = version
    self.commit = commit
    self.swift = swift
  }
}
