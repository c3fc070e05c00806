import Glibc
import Linux
import Synchronization

/// Standard error as the log of a daemon: no write waits for a reader.
///
/// A line that cannot be written at once is dropped and counted. The count is written before the next line. The
/// descriptor is shared with other processes, so it is not made non-blocking. Instead, poll(2) says whether there is
/// room for a piece, and a piece of at most a page is written whole: pipe(7).
final class LogStream: Sendable {
  private static let pieceSize = 4096

  private struct State {
    var dropped = 0
    var unreported = 0
    /// Whether only a part of the last line could be written.
    var isTorn = false
  }

  private let descriptor: Int32
  private let state = Mutex(State())

  init(descriptor: Int32 = STDERR_FILENO) { self.descriptor = descriptor }

  /// The number of lines that were dropped since the start.
  var dropped: Int { state.withLock(\.dropped) }

  /// Writes the line, which ends with a newline, or counts it.
  ///
  /// - Parameters:
  ///   - line: the line, with its newline.
  ///   - report: makes the line that says how many were dropped.
  func write(_ line: String, report: (_ dropped: Int) -> String) {
    state.withLock { state in
      if state.unreported > 0, put(report(state.unreported), &state) { state.unreported = 0 }
      if state.unreported > 0 || !put(line, &state) {
        state.dropped += 1
        state.unreported += 1
      }
    }
  }

  /// Returns false if the line could not be written whole.
  private func put(_ line: String, _ state: inout State) -> Bool {
    var bytes = Array(((state.isTorn ? "\n" : "") + line).utf8)[...]
    while !bytes.isEmpty {
      let piece = bytes.prefix(Self.pieceSize)
      guard hasRoom,
        let count = try? Syscall.check({
          Syscall.raw(piece.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) })
        }), count > 0
      else { return false }
      bytes = bytes.dropFirst(count)
      state.isTorn = !bytes.isEmpty
    }
    return true
  }

  private var hasRoom: Bool {
    var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    return poll(&request, 1, 0) == 1 && request.revents & Int16(POLLOUT) != 0
  }
}
