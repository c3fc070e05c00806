/// The directories of the modules of each kernel and of depmod's indexes: depmod(8).
package enum ModuleDirectory {
  /// The directory that has one directory for each kernel.
  package static let all = "/lib/modules"

  /// Returns the directory of a kernel, whose release is what `uname -r` prints.
  package static func of(_ release: String) -> String { "\(all)/\(release)" }
}
