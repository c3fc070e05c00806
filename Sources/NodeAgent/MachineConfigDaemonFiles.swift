import MachineIntent
import Reconcile

/// The files in which the machine-config daemon says what it has applied to this node.
enum MachineConfigDaemonFiles {
  /// On HyperShift the first exists and is empty, and one of the others holds the content.
  static let paths = [
    "/etc/machine-config-daemon/currentconfig", "/etc/mcd-currentconfig.json", "/etc/mcs-machine-config-content.json",
  ]

  /// What the daemon manages; nil: there is none, or it has applied nothing yet. Throws where that cannot be told: then
  /// no path is known to be free of it.
  static func configuration(in files: any ReadableFiles) throws(ConfigIssue) -> ManagedConfiguration? {
    for path in paths {
      let bytes: [UInt8]?
      do throws(FileFailure) {
        bytes = try files.read(path, limit: IntentSources.byteLimit)
      } catch {
        throw IntentSources.unreadable(path, error.message)
      }
      if let bytes, let managed = try ManagedConfiguration.read(path: path, bytes: bytes) { return managed }
    }
    return nil
  }

  /// Of those that are there, the one that counts first.
  static func stamps(in files: any ReadableFiles) throws(FileFailure) -> [FileStamp] {
    var stamps: [FileStamp] = []
    for path in paths {
      if let stamp = try files.stamp(path) { stamps.append(stamp) }
    }
    return stamps
  }
}
