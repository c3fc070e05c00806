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

  /// One line of the log.
  struct Line {
    let level: Logger.Level
    let line: String
    var fields: Logger.Metadata = [:]
  }

  /// Returns the lines for what has changed since the last call.
  mutating func news(of paths: any PathProofs) -> [Line] {
    var lines: [Line] = []
    let echo = paths.echoFailure
    if echo != echoFailure {
      lines.append(
        echo.map { Line(level: .error, line: $0) } ?? Line(level: .notice, line: "the echo server listens"))
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
      lines.append(
        Line(
          level: failed.isEmpty ? .notice : .warning,
          line: "\(failed.count) of \(readings.count) paths fail\(first)",
          fields: failed.first.map { Logger.Metadata($0) } ?? [:]))
    } else {
      lines += changed.map { reading in
        Line(
          level: reading.isProved ? .notice : .warning,
          line: "path to \(reading.subject): \(reading.reason.rawValue): \(reading.message)",
          fields: Logger.Metadata(reading))
      }
    }
    return lines
  }
}
