import FoundationEssentials
import Glibc
import Logging
import Reconcile

/// Writes each message as one line on standard error. It never waits for the reader.
struct LineLog: LogHandler {
  var logLevel: Logger.Level
  var metadata: Logger.Metadata = [:]
  private let format: LogFormat
  private let clock: NodeClock
  private let stream: LogStream

  init(level: Logger.Level, format: LogFormat, clock: NodeClock, stream: LogStream) {
    self.stream = stream
    logLevel = level
    self.format = format.resolved
    self.clock = clock
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    stream.write(line(event.level, "\(event.message)", event.metadata) + "\n") { dropped in
      line(.warning, Self.report(ofDropped: dropped), nil) + "\n"
    }
  }

  /// The log line about dropped lines.
  static func report(ofDropped count: Int) -> String {
    "\(count) log \(count == 1 ? "line was" : "lines were") dropped: nothing read standard error, or it was closed"
  }

  /// - Parameter fields: the fields of this line. The handler's own fields are in each line. Only the JSON format shows
  ///   them, because the message has them in words.
  private func line(_ level: Logger.Level, _ message: String, _ fields: Logger.Metadata?) -> String {
    switch format {
    // One message is one line, even if a file name contains line breaks.
    case .journal: return "<\(level.priority)>\(message.printable)"
    case .json:
      let all = metadata.merging(fields ?? [:]) { _, own in own }
      var record = all.mapValues { "\($0)" }
      record["time"] = clock.now.description
      record["level"] = level.rawValue
      record["message"] = message
      return String(decoding: JSONResult.line(record), as: UTF8.self)
    case .auto, .text: return "\(clock.now) \(level.rawValue): \(message.printable)"
    }
  }
}

extension Logger.Level {
  /// The priority for the journal: sd-daemon(3).
  fileprivate var priority: Int {
    switch self {
    case .critical: 2
    case .error: 3
    case .warning: 4
    case .notice: 5
    case .info: 6
    case .debug, .trace: 7
    }
  }
}
