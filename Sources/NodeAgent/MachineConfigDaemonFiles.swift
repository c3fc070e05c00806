import MachineIntent
import Reconcile

/// The files in which the machine-config daemon records what it has applied to this node.
enum MachineConfigDaemonFiles {
  /// The files with the current config. On HyperShift the first exists and is empty, and one of the others holds the
  /// content.
  static let paths = [
    "/etc/machine-config-daemon/currentconfig", "/etc/mcd-currentconfig.json", "/etc/mcs-machine-config-content.json",
  ]

  /// Returns what the daemon manages, or nil if there is no daemon or it has applied nothing yet. Throws if that cannot
  /// be read, because any path may then be the daemon's.
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

  /// Returns the stamps of the files that exist and can be reached, the most important one first.
  static func stamps(in files: any ReadableFiles) -> [FileStamp] {
    let files = files.forOneLook()
    return paths.compactMap { path in try? files.stamp(path) }
  }
}
