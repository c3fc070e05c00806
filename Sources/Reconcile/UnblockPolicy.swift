/// What may be changed besides the files that the intent declares, for modules that the intent wants loaded.
package enum UnblockPolicy: String, Hashable, Sendable, CaseIterable, Codable {
  /// Nothing.
  case declared
  /// `blacklist` lines.
  case blacklist
  /// Also `install` lines that stop the module or a request for it, and `alias … off`.
  case all
}
