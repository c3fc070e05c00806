import ArgumentParser
import Glibc

/// How a log line looks.
enum LogFormat: String, CaseIterable, ExpressibleByArgument {
  case auto, text, json, journal

  /// `auto` is the journal's form where standard error leads to the journal.
  var resolved: LogFormat {
    guard self == .auto else { return self }
    return Self.leadsToJournal(STDERR_FILENO) ? .journal : .text
  }

  /// Whether `$JOURNAL_STREAM` has the descriptor's own device and inode: systemd.exec(5). It is inherited by children
  /// whose standard error leads elsewhere.
  private static func leadsToJournal(_ descriptor: Int32) -> Bool {
    var status = stat()
    guard let stream = environmentValue("JOURNAL_STREAM"), fstat(descriptor, &status) == 0 else { return false }
    return stream == "\(status.st_dev):\(status.st_ino)"
  }
}
