import ArgumentParser
import Glibc

/// The format of a log line.
enum LogFormat: String, CaseIterable, ExpressibleByArgument {
  case auto, text, json, journal

  /// `auto` is the format of the journal if standard error is connected to the journal.
  var resolved: LogFormat {
    guard self == .auto else { return self }
    return Self.leadsToJournal(STDERR_FILENO) ? .journal : .text
  }

  /// Whether `$JOURNAL_STREAM` has the descriptor's own device and inode: systemd.exec(5). Child processes inherit it,
  /// even if their standard error is connected to something else.
  private static func leadsToJournal(_ descriptor: Int32) -> Bool {
    var status = stat()
    guard let stream = environmentValue("JOURNAL_STREAM"), fstat(descriptor, &status) == 0 else { return false }
    return stream == "\(status.st_dev):\(status.st_ino)"
  }
}
