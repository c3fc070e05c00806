import ArgumentParser

/// How a log line looks.
enum LogFormat: String, CaseIterable, ExpressibleByArgument {
  case auto, text, json, journal

  /// `auto` is the journal's form where standard error leads to the journal (systemd.exec(5), `$JOURNAL_STREAM`).
  var resolved: LogFormat {
    guard self == .auto else { return self }
    return environmentValue("JOURNAL_STREAM") == nil ? .text : .journal
  }
}
