import Glibc

/// The progress of a slow command, as one line on the terminal. Prints nothing if standard error is not a terminal.
final class TerminalProgress {
  private static let isTerminal = isatty(STDERR_FILENO) == 1
  private static let quiet = Duration.seconds(1)

  private let total: Int
  private let verb: String
  private let begin = ContinuousClock.now
  private var isShown = false

  /// - Parameters:
  ///   - total: how many messages will be sent.
  ///   - verb: what happens to each message, such as `echoed`.
  init(total: Int, verb: String) {
    self.total = total
    self.verb = verb
  }

  func show(_ done: Int) {
    guard Self.isTerminal, isShown || begin.duration(to: .now) > Self.quiet else { return }
    isShown = true
    StandardStreams.printError(part: "\r\(done) of \(total) \(verb)")
  }

  func clear() { if isShown { StandardStreams.printError(part: "\r\u{1B}[K") } }
}
