import Reconcile

extension Observer {
  /// The directories of systemd's units up to that of the vendor, the highest precedence first: systemd.unit(5). A mask of
  /// the vendor's own unit would be in a directory before it.
  private static let unitDirectories = [
    "/etc/systemd/system.control", "/run/systemd/system.control", "/run/systemd/transient",
    "/run/systemd/generator.early", "/etc/systemd/system", "/etc/systemd/system.attached", "/run/systemd/system",
    "/run/systemd/system.attached", "/run/systemd/generator", "/usr/local/lib/systemd/system",
  ]

  /// Returns the path that masks systemd-modules-load.service, or nil if none does. Only the first unit file counts.
  func loadServiceMask(_ facts: inout FactReader) -> String? {
    for directory in Self.unitDirectories {
      let path = "\(directory)/systemd-modules-load.service"
      let entry = facts.read(orElse: nil) { () throws(FileFailure) in try access.files.entry(path) }
      if let entry { return entry.isMaskedUnit ? path : nil }
    }
    return nil
  }
}
