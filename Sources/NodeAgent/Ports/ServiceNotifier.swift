/// Sends notifications to the service manager: sd_notify(3).
package protocol ServiceNotifier: Sendable {
  /// Sends one datagram of assignments. Never blocks and never fails; without a manager it does nothing.
  func notify(_ assignments: [ServiceAssignment])

  /// Half of the manager's watchdog timeout; nil if there is no watchdog.
  var watchdogInterval: Duration? { get }
}

/// A notification, by its name in sd_notify(3).
package enum ServiceAssignment: Hashable, Sendable {
  case ready
  /// Announces a reload, with `MONOTONIC_USEC` as `Type=notify-reload` wants it.
  case reloading
  case stopping
  case watchdog
  /// One line.
  case status(String)
}
