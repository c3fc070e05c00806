import Glibc

/// How the agent was started, for its own report.
enum RunMode {
  /// `container` in a pod, `systemd` under the service manager, else `manual`.
  static var current: String {
    if environmentValue("KUBERNETES_SERVICE_HOST") != nil || environmentValue("container") != nil
      || access("/run/.containerenv", F_OK) == 0
    {
      return "container"
    }
    return environmentValue("INVOCATION_ID") != nil || environmentValue("NOTIFY_SOCKET") != nil ? "systemd" : "manual"
  }
}
