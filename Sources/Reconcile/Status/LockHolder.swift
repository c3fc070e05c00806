/// The process that holds the lock on a node, as it describes itself in the lock file.
package struct LockHolder: Codable, Hashable, Sendable {
  package enum Command: String, Codable, Hashable, Sendable {
    case run, apply, revert
  }

  package let command: Command
  /// The process id in its own PID namespace, which need not be that of the reader.
  package let pid: Int32
  /// `systemd`, `container` or `manual`.
  package let mode: String
  /// When it started, as RFC 3339 in UTC.
  package let since: String

  package init(command: Command, pid: Int32, mode: String, since: Timestamp) {
    self.command = command
    self.pid = pid
    self.mode = mode
    self.since = since.description
  }
}

extension LockHolder: CustomStringConvertible {
  /// `sctp-agent run (process 812, mode systemd, since 2026-11-22T10:00:00.000Z)`.
  package var description: String {
    pid > 0
      ? "sctp-agent \(command.rawValue) (process \(pid), mode \(mode), since \(since))" : "another sctp-agent process"
  }

  /// A process that has the lock and has not described itself.
  package static let unknown = LockHolder(command: .run, pid: 0, mode: "", since: Timestamp(milliseconds: 0))
}
