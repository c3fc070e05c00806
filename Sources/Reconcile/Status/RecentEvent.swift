/// Something that changed on the node or in the agent, for `recent` in `/status`.
package struct RecentEvent: Codable, Hashable, Sendable {
  package enum Kind: String, Codable, Hashable, Sendable, CaseIterable {
    /// The status of a condition changed.
    case condition
    /// A file no longer is what it should be.
    case drift
    /// The agent changed a file, or failed to.
    case repair
    /// The agent loaded a module, or failed to.
    case load
    /// A path to another node works again, or has failed.
    case path
    /// Another intent is in force, or a new one was refused.
    case intent
  }

  /// RFC 3339.
  package let at: String
  package let what: Kind
  /// The condition, the path of the file, the module, the target or the intent's source.
  package let subject: String
  package let message: String

  package init(_ what: Kind, _ subject: String, _ message: String, at time: Timestamp) {
    at = time.description
    self.what = what
    self.subject = subject.elided(to: 256)
    self.message = message.elided(to: 512)
  }
}

extension String {
  /// Returns the text, shortened to this many characters with an ellipsis at the end.
  func elided(to limit: Int) -> String {
    // The common case does not count characters.
    utf8.count <= limit || count <= limit ? self : prefix(limit - 1) + "…"
  }
}
