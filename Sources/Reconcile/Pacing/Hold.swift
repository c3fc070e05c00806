/// The time after a change of the machine-config daemon's configuration in which nothing is written, because the daemon
/// may still be writing the same files.
package struct Hold: Hashable, Sendable {
  /// When the change counts as settled.
  package let end: Timestamp

  /// Returns nil if there is no daemon, or if its last change counts as settled.
  ///
  /// - Parameters:
  ///   - now: the time of the pass.
  ///   - changes: when each of the daemon's files was last modified.
  ///   - settle: how long a change takes to settle, in whole seconds.
  package init?(after changes: [Timestamp], at now: Timestamp, settle: Duration) {
    let settle = settle.components.seconds * 1000
    // A time in the future means nothing.
    guard let change = changes.first(where: { $0 <= now && now.milliseconds - $0.milliseconds < settle }) else {
      return nil
    }
    end = Timestamp(milliseconds: change.milliseconds + settle)
  }

}

extension Hold: CustomStringConvertible {
  package var description: String { "the machine-config daemon's configuration has just changed; held until \(end)" }
}
