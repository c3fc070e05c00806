/// A value for each path. The number of paths is bounded, so that a program that keeps creating new names does not make
/// the agent grow.
struct PathMemory<Value: Sendable>: Sendable {
  /// The number of paths that are remembered although no plan names them.
  static var pastLimit: Int { 32 }

  private(set) var values: [String: Value] = [:]

  subscript(path: String) -> Value? {
    get { values[path] }
    set { values[path] = newValue }
  }

  /// Forgets the paths that no plan names any more, down to the limit, once there are more than twice as many.
  ///
  /// - Parameters:
  ///   - named: the files that the plan names.
  ///   - goesFirst: whether the first of two paths is to be forgotten before the second.
  mutating func forget(
    allBut named: [TrackedFile],
    _ goesFirst: ((key: String, value: Value), (key: String, value: Value)) -> Bool
  ) {
    guard values.count > 2 * Self.pastLimit else { return }
    let current = Set(named.map(\.path))
    let past = values.filter { !current.contains($0.key) }
    guard past.count > 2 * Self.pastLimit else { return }
    for (path, _) in past.sorted(by: goesFirst).prefix(past.count - Self.pastLimit) { values[path] = nil }
  }
}
