/// The entries of watched directories that have changed, as far as events name them.
struct ChangedEntries {
  /// The number of entries of one directory that are remembered.
  private static let limit = 64

  /// The names by the paths of their directories on this host; nil if anything may have changed, as at first.
  private var names: [String: Set<String>]?

  mutating func insert(_ name: PathComponent, in directory: String) {
    if let text = name.validText, (names?[directory]?.count ?? 0) < Self.limit {
      names?[directory, default: []].insert(text)
    } else {
      names = nil
    }
  }

  /// Notes that something has changed that no name describes.
  mutating func mayBeAnything() { names = nil }

  /// Returns the names since the last call; nil if anything may have changed.
  mutating func take() -> [String: Set<String>]? {
    defer { names = [:] }
    return names
  }
}
