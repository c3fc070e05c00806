/// Receives the loop's progress, for a liveness check on another thread.
package protocol ProgressMark: Sendable {
  /// Notes that the loop works. It is called again for each further step.
  func begin()
  /// Notes that the loop waits for the next event.
  func end()
}
