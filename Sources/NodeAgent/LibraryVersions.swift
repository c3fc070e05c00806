import Modprobe
import Reconcile

/// The versions of the node's kmod and systemd, by the names of their libraries below the root.
///
/// A node has thousands of libraries, so a directory is listed only if it has changed since the look before last. At the
/// last look, a change may have followed within the tick of the clock that stamps directories.
struct LibraryVersions {
  /// The directories in which distributions keep libkmod and systemd's own library.
  private static let directories = [
    "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib/powerpc64le-linux-gnu",
    "/usr/lib/s390x-linux-gnu", "/usr/lib64", "/usr/lib", "/lib/x86_64-linux-gnu", "/lib/aarch64-linux-gnu", "/lib64",
    "/lib",
  ]

  private struct Listed {
    let stamp: FileStamp
    /// Whether it was listed twice with this stamp.
    let isSettled: Bool
    let kmod: KmodVersion?
    let systemd: SystemdVersion?
  }

  private var listed: [String: Listed] = [:]

  /// Returns the newest version of each; nil for one that is not found. A directory that cannot be read counts as empty.
  mutating func read(from files: any ReadableFiles) -> (kmod: KmodVersion?, systemd: SystemdVersion?) {
    var (kmod, systemd) = (KmodVersion?.none, SystemdVersion?.none)
    for directory in Self.directories {
      guard let found = list(directory, in: files) else { continue }
      kmod = [found.kmod, kmod].compactMap(\.self).max()
      let own = list(directory + "/systemd", in: files)
      systemd = [own?.systemd, systemd].compactMap(\.self).max()
    }
    return (kmod, systemd)
  }

  private mutating func list(_ directory: String, in files: any ReadableFiles) -> Listed? {
    guard let stamp = try? files.stamp(directory) else {
      listed[directory] = nil
      return nil
    }
    let known = listed[directory].flatMap { $0.stamp == stamp ? $0 : nil }
    if let known, known.isSettled { return known }
    guard let names = try? files.names(in: directory) else { return nil }
    let found = Listed(
      stamp: stamp, isSettled: known != nil, kmod: names.compactMap { KmodVersion(libraryName: $0) }.max(),
      systemd: names.compactMap { SystemdVersion(libraryName: $0) }.max())
    listed[directory] = found
    return found
  }
}
