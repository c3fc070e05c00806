import Logging
import Reconcile

/// What has been logged about the paths, so that each change is logged once.
struct PathLog {
  /// More changes than this in one round are one line.
  private static let mostLines = 8

  private var reasons: [Path: PathReason] = [:]
  private var echoFailure: String?

  private struct Path: Hashable {
    let target: String
    let address: String
  }

  /// Returns the lines for what has changed since the last call.
  mutating func news(of paths: any PathProofs) -> [(level: Logger.Level, line: String)] {
    var lines: [(Logger.Level, String)] = []
    let echo = paths.echoFailure
    if echo != echoFailure {
      lines.append(echo.map { (.error, $0) } ?? (.notice, "the echo server listens"))
      echoFailure = echo
    }
    guard case .round(let readings)? = paths.record else { return lines }
    let old = reasons
    reasons = Dictionary(
      readings.map { (Path(target: $0.target, address: $0.address), $0.reason) },
      uniquingKeysWith: { first, _ in first })
    let changed = readings.filter { reading in
      let before = old[Path(target: reading.target, address: reading.address)]
      return before != reading.reason && !(before == nil && reading.isProved)
    }
    if changed.count > Self.mostLines {
      let failed = readings.filter { !$0.isProved }
      let first = failed.first.map { "; \($0.subject): \($0.reason.rawValue): \($0.message)" } ?? ""
      lines.append((failed.isEmpty ? .notice : .warning, "\(failed.count) of \(readings.count) paths fail\(first)"))
    } else {
      lines += changed.map { reading in
        (
          reading.isProved ? .notice : .warning,
          "path to \(reading.subject): \(reading.reason.rawValue): \(reading.message)"
        )
      }
    }
    return lines
  }
}
