/// The service manager's ear: sd_notify(3).
package protocol ServiceNotifier: Sendable {
  /// One datagram of assignments. Never blocks and never fails the caller; without a manager it does nothing.
  func notify(_ assignments: [ServiceAssignment])

  /// Half of what the manager allows between signs of life; nil: no watchdog.
  var watchdogInterval: Duration? { get }
}

/// What the manager is told, by the names of sd_notify(3).
package enum ServiceAssignment: Hashable, Sendable {
  case ready
  /// With `MONOTONIC_USEC`, as `Type=notify-reload` wants it.
  case reloading
  case stopping
  case watchdog
  /// One line.
  case status(String)
}
