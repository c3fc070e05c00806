/// Where the loop says that it is at work, for a liveness check on another thread.
package protocol ProgressMark: Sendable {
  /// The loop has work; called again for each further step of it.
  func begin()
  /// The loop rests until the next event.
  func end()
}
